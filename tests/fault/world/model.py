"""The model: it knows what existed, what the server was told, and what is on disk.

It holds the promise of README and CLI, seen from outside: it reads no state of the client.
After each run and at the end it notes problems, each with one of these outcomes:

    lost       gone from the server, and not where it was to go; not there after the clean runs
    truncated  in a destination, but not as it was sent
    twice      there more often than it was asked for
    deleted    gone from the server, and nobody had asked for that
    kept       still on the server although a run that was to delete it ended with 0
    blamed     a record says failed or skipped, of a message that is as good as any other
    false      a record says fetched, of what is not there
    status     an exit status that is not the documented one
    hung       a run did not end
    leftover   temporary files and locks after the clean runs
"""

from collections import Counter

from choices import commands_of, takes_back
from facts import Facts
from parts import Batch, Dele, Fetch
from statuses import expected_statuses

OUTCOMES = ("lost", "truncated", "twice", "deleted", "kept", "blamed", "false", "status", "hung",
            "leftover")
NOTHING_DELETED = (64, 66, 73, 74, 76, 77)  # statuses of a batch that failed


class Model(Facts):
    def __init__(self, world, places, server):
        super().__init__(world, places, server)
        self.problems = []

    def note(self, outcome, is_so, what):
        if is_so and (outcome, what) not in self.problems:
            self.problems.append((outcome, what))

    # --- while a run is under way ---

    def removed(self, session, message, was_asked):
        """The server deletes a message now."""
        running = session.run
        account = running.run.command.account
        running.removed.append(self.name(message))
        if was_asked and self.may_delete_at_will(running, account, message, session):
            self.gone[message.key] = None
            return
        streams = self.streams_that_delete(running, account, message, session)
        self.note("deleted", was_asked and not streams,
                  f"{self.name(message)}: nobody asked for that")
        if not was_asked:
            streams = set(range(len(self.world.accounts[account].streams)))
        self.gone[message.key] = (account, streams)
        self.look_for(message, account, streams)

    def look_for(self, message, account, streams):
        there = any(self.holds(self.place_of(account, stream), message) for stream in streams)
        self.note("lost", streams and not there,
                  f"{self.name(message)}: deleted on the server, and in no destination")

    # --- after a run ---

    def run_ended(self, running):
        self.note("hung", running.hung, "it did not end")
        command, account = running.run.command, running.run.command.account
        self.note_crash(running, account)
        if running.status != 0:
            self.again.update(stream.destination
                              for stream in self.world.accounts[account].streams)
        self.look_at_records(running)
        for line in commands_of(command):
            if isinstance(line, Fetch):
                self.note_fetch(line, running, account)
        self.look_at_status(running)
        self.look_at_success(running)
        self.note("deleted", isinstance(command, Batch) and running.removed
                  and running.status in NOTHING_DELETED,
                  f"{running.removed} although the batch ended with {running.status}")
        if not running.meanwhile:  # what the paused one has done is not known yet
            self.look_at_places()

    def look_at_records(self, running):
        command, account = running.run.command, running.run.command.account
        fetches = [line for line in commands_of(command) if isinstance(line, Fetch)]
        for record, message in self.known_records(running):
            if record[3:4] == ["fetched"] and fetches:
                there = any(self.holds(self.place_of(account, line.stream), message)
                            for line in fetches)
                self.note("false", not there, f"{self.name(message)}: fetched, but not there")
            elif record[-2:-1] in (["failed"], ["skipped"]):
                self.note("blamed", not self.has_a_fault(message, running),
                          f"{self.name(message)}: {record[3]}, and nothing is wrong with it: "
                          f"{running.stderr[-160:]!r}")

    def has_a_fault(self, message, running):
        limits = [line.max_size for line in commands_of(running.run.command)
                  if isinstance(line, Fetch) and line.max_size]
        too_large = any(len(message.text) > limit for limit in limits) or (
            limits and self.world.traits.sizes == "huge")
        return (message.refused or too_large or running.met or running.call
                or running.run.consumer not in (0, 99) or running.run.away >= 0
                or self.cannot_be_told_apart(message))

    def look_at_status(self, running):
        expected = expected_statuses(self, running)
        self.note("status", expected is not None and running.status not in expected,
                  f"{running.status}, expected {sorted(expected or ())}: "
                  f"{running.stderr[-300:]!r}")

    # --- what a success means ---

    def look_at_success(self, running):
        run = running.run
        if running.status != 0 or not running.sessions:
            return
        lines = commands_of(run.command)
        if isinstance(run.command, Batch) and takes_back(run.command):
            return
        if any(incident.verb == "QUIT" for incident in running.met):
            return
        for line in lines:
            if isinstance(line, (Fetch, Dele)):
                self.look_at_line(line, running)
        if isinstance(run.command, Fetch):
            self.look_for_unfetched(run.command, running)

    def look_at_line(self, line, running):
        account, session = running.run.command.account, running.sessions[-1]
        if self.is_renumbered(running) and isinstance(line, Fetch):
            return  # nothing says that a message is one that was fetched
        left = self.server.mailboxes[session.user] if session.user else []
        for message in session.entries:
            if isinstance(running.run.command, Batch) and line.selection not in ("all", "new"):
                continue  # what was marked before shifts the places
            if isinstance(line, Fetch) and line.selection.isdigit():
                continue  # only that one was listed
            key = message.key
            if isinstance(line, Dele):
                is_due = self.selects(line, account, key, session)
            else:
                me = (account, line.stream, key)
                is_due = not line.peek and ((account, key) in self.pending or (
                    line.delete_after and self.is_old(line, running, me, self.safe_days)))
            self.note("kept", bool(is_due) and message in left,
                      f"{self.name(message)}: still on the server after an exit 0")

    def look_for_unfetched(self, line, running):
        """Selected messages without a record, although no failure was reported."""
        session = running.sessions[-1]
        for message in session.entries:
            me = (line.account, line.stream, message.key)
            self.note("false", me not in self.arrived and self.selects(
                line, line.account, message.key, session) is True,
                f"exit 0, and {self.name(message)} was not fetched")

    # --- destinations ---

    def look_at_places(self):
        for i, place in enumerate(self.places):
            self.look_at_gone(i)
            if any(i == torn for _, torn in self.torn) and place.damaged_by_a_crash:
                continue
            held = Counter(place.contents())
            most = self.most_in(i)
            for form, count in held.items():
                what = f"{self.name_of(form, place)} in {self.place_name(i)}"
                self.note("truncated", form not in most, f"{what}, which nobody asked for")
                self.note("twice", form in most and count > most[form],
                          f"{what} {count} times, expected {most[form]} at most")

    def look_at_gone(self, i):
        for key, who in self.gone.items():
            if who is None:
                continue
            account, streams = who
            if any(self.world.accounts[account].streams[stream].destination == i
                   for stream in streams):
                self.look_for(self.messages[key], account, streams)

    def most_in(self, i):
        most = Counter()
        place = self.places[i]
        for a, s in self.streams_into(i):
            for key, message in self.messages.items():
                me = (a, s, key)
                if me in self.tried:
                    most[place.form(message.text)] += self.named[me] + (me in self.as_new)
        if self.world.places[i].kind == "pipe":
            for form in most:
                most[form] += self.again[i]
        return most

    # --- at the end ---

    def ended(self, streams_done):
        """After all clean runs: everything that must be there now."""
        self.torn.clear()
        self.look_at_places()
        for i, place in enumerate(self.places):
            held = Counter(place.contents())
            least = Counter()
            for a, s in self.streams_into(i):
                for key in self.due(a, s, streams_done):
                    least[place.form(self.messages[key].text)] += 1
            for form, count in least.items():
                if self.world.places[i].kind == "dir":
                    count = 1  # one file for what is alike in UID and octets
                self.note("lost", held[form] < count,
                          f"{self.name_of(form, place)} in {self.place_name(i)} {held[form]} "
                          f"times, expected {count}")
            leftovers = set(place.leftovers())
            self.note("leftover", bool(leftovers), f"in {self.place_name(i)}: {leftovers}")

    def due(self, account, stream, streams_done):
        """Keys of the messages that this stream must have delivered: present or deleted by it."""
        mailbox = self.world.accounts[account].mailbox
        told = not streams_done[account, stream]
        there = [] if mailbox in self.renumbered else self.server.mailboxes[mailbox]
        for message in there:
            if not (message.refused or told and self.cannot_be_told_apart(message)
                    or self.took_over_a_uid(message, account, stream, there)):
                yield message.key
        for key, who in self.gone.items():
            if who and who[0] == account and who[1] == {stream}:
                yield key
