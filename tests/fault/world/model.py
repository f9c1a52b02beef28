"""The model records the messages, the commands that the server received, and the files on disk.

It checks the promise of the README and the manual from outside, without the client's state. After
each run and at the end it notes problems, each with one of these outcomes:

    lost       deleted on the server but not in the destination; or missing after the clean runs
    truncated  in a destination, but not as sent
    twice      in a destination more often than requested
    deleted    deleted on the server without a request
    kept       still on the server although a run that should delete it exited with 0
    blamed     a record "failed" or "skipped" for a message without any fault
    false      a record "fetched" for a message that is not in the destination
    status     an undocumented exit status
    hung       a run did not end
    leftover   temporary files or locks after the clean runs
"""

from collections import Counter

from choices import commands_of, takes_back
from facts import Facts
from parts import Batch, Dele, Fetch
from statuses import expected_statuses

OUTCOMES = ("lost", "truncated", "twice", "deleted", "kept", "blamed", "false", "status", "hung",
            "leftover")
NOTHING_DELETED = (64, 66, 73, 74, 76, 77)  # statuses of a batch that must delete nothing


class Model(Facts):
    def __init__(self, world, places, server):
        super().__init__(world, places, server)
        self.problems = []

    def note(self, outcome, is_wrong, what):
        if is_wrong and (outcome, what) not in self.problems:
            self.problems.append((outcome, what))

    # --- during a run ---

    def removed(self, session, message, was_asked):
        """The server deletes a message."""
        running = session.run
        account = running.run.command.account
        running.removed.append(self.name(message))
        if was_asked and self.may_delete_at_will(running, account, message, session):
            self.gone[message.key] = None
            return
        streams = self.streams_that_delete(running, account, message, session)
        self.note("deleted", was_asked and not streams,
                  f"{self.name(message)}: deleted without a request")
        if not was_asked:
            streams = set(range(len(self.world.accounts[account].streams)))
        self.gone[message.key] = (account, streams)
        self.check_delivered(message, account, streams)

    def check_delivered(self, message, account, streams):
        there = any(self.holds(self.place_of(account, stream), message) for stream in streams)
        self.note("lost", streams and not there,
                  f"{self.name(message)}: deleted on the server, but in no destination")

    # --- after a run ---

    def run_ended(self, running):
        self.note("hung", running.hung, "the run did not end")
        command, account = running.run.command, running.run.command.account
        self.note_crash(running, account)
        if running.status != 0:
            self.again.update(stream.destination
                              for stream in self.world.accounts[account].streams)
        self.check_records(running)
        fetches = [line for line in commands_of(command) if isinstance(line, Fetch)]
        for line in fetches:
            self.note_fetch(line, running, account)
        for line in commands_of(command):
            if isinstance(line, Dele):
                self.note_dele(line, running, account)
        self.note_arrivals(fetches, running, account)
        self.check_status(running)
        self.check_success(running)
        self.note("deleted", isinstance(command, Batch) and running.removed
                  and running.status in NOTHING_DELETED,
                  f"{running.removed} although the batch ended with {running.status}")
        if not running.meanwhile:  # what the paused run has done is not known yet
            self.check_destinations()

    def check_records(self, running):
        command, account = running.run.command, running.run.command.account
        fetches = [line for line in commands_of(command) if isinstance(line, Fetch)]
        for record, message in self.known_records(running):
            if record[3:4] == ["fetched"] and fetches:
                there = any(self.holds(self.place_of(account, line.stream), message)
                            for line in fetches)
                self.note("false", not there, f"{self.name(message)}: fetched, but not delivered")
            elif record[-2:-1] in (["failed"], ["skipped"]):
                self.note("blamed", not self.has_a_fault(message, running),
                          f"{self.name(message)}: {record[3]} without any fault: "
                          f"{running.stderr[-160:]!r}")

    def has_a_fault(self, message, running):
        limits = [line.max_size for line in commands_of(running.run.command)
                  if isinstance(line, Fetch) and line.max_size]
        too_large = any(len(message.text) > limit for limit in limits) or (
            limits and self.world.traits.sizes == "huge")
        return (message.refused or too_large or running.met or running.call
                or running.run.consumer not in (0, 99) or running.run.away >= 0
                or self.has_no_identity() or self.cannot_be_told_apart(message))

    def has_no_identity(self):
        """Without UIDs, and headers only by RETR, which deletes."""
        traits = self.world.traits
        return "identities" in self.world.kinds and traits.expires and not traits.top

    def check_status(self, running):
        expected = expected_statuses(self, running)
        self.note("status", expected is not None and running.status not in expected,
                  f"{running.status}, expected {sorted(expected or ())}: "
                  f"{running.stderr[-300:]!r}")

    # --- checks of a successful run ---

    def check_success(self, running):
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
                self.check_line(line, running)
        if isinstance(run.command, Fetch):
            self.check_unfetched(run.command, running)

    def check_line(self, line, running):
        account, session = running.run.command.account, running.sessions[-1]
        if self.is_renumbered(running) and isinstance(line, Fetch):
            return  # messages that were fetched cannot be recognised
        left = self.server.mailboxes[session.user] if session.user else []
        for message in session.entries:
            if isinstance(running.run.command, Batch) and line.selection not in ("all", "new"):
                continue  # messages marked by earlier lines shift the positions
            if isinstance(line, Fetch) and line.selection.isdigit():
                continue  # only this message was listed
            key = message.key
            if isinstance(line, Dele):
                is_due = self.selects(line, account, key, session)
            else:
                me = (account, line.stream, key)
                is_due = not line.peek and ((account, key) in self.pending or (
                    line.delete_after and self.is_old(line, running, me, self.safe_days)
                    and not self.cannot_be_told_apart(message)))
            self.note("kept", bool(is_due) and message in left,
                      f"{self.name(message)}: still on the server after exit 0")

    def check_unfetched(self, line, running):
        """Check that all selected messages have a record "fetched"."""
        session = running.sessions[-1]
        for message in session.entries:
            me = (line.account, line.stream, message.key)
            self.note("false", me not in self.arrived and self.selects(
                line, line.account, message.key, session) is True,
                f"exit 0, and {self.name(message)} was not fetched")

    # --- destinations ---

    def check_destinations(self):
        for i, place in enumerate(self.places):
            self.check_gone(i)
            if any(i == torn for _, torn in self.torn) and place.damaged_by_a_crash:
                continue
            contents = Counter(place.contents())
            most = self.most_in(i)
            for form, count in contents.items():
                what = f"{self.name_of(form, place)} in {self.place_name(i)}"
                self.note("truncated", form not in most, f"{what}, which is unexpected")
                self.note("twice", form in most and count > most[form],
                          f"{what} {count} times, expected {most[form]} at most")

    def check_gone(self, i):
        for key, who in self.gone.items():
            if who is None:
                continue
            account, streams = who
            if any(self.world.accounts[account].streams[stream].destination == i
                   for stream in streams):
                self.check_delivered(self.messages[key], account, streams)

    def most_in(self, i):
        most = Counter()
        place = self.places[i]
        for a, s in self.streams_into(i):
            for key, message in self.messages.items():
                me = (a, s, key)
                if me in self.tried:
                    most[place.form(message.text)] += (
                        self.named[me] + (me in self.as_new) + self.has_a_twin(message))
        if self.world.places[i].kind == "pipe":
            for form in most:
                most[form] += self.again[i]
        return most

    # --- at the end ---

    def ended(self, streams_done):
        """Check after all clean runs that every message is where it must be."""
        self.torn.clear()
        self.check_destinations()
        for i, place in enumerate(self.places):
            contents = Counter(place.contents())
            least = Counter()
            for a, s in self.streams_into(i):
                for key in self.due(a, s, streams_done):
                    least[place.form(self.messages[key].text)] += 1
            for form, count in least.items():
                if self.world.places[i].kind == "dir":
                    count = 1  # messages with the same UID and octets share a file
                self.note("lost", contents[form] < count,
                          f"{self.name_of(form, place)} in {self.place_name(i)} {contents[form]} "
                          f"times, expected {count}")
            leftovers = set(place.leftovers())
            self.note("leftover", bool(leftovers), f"in {self.place_name(i)}: {leftovers}")

    def due(self, account, stream, streams_done):
        """Keys of the messages that this stream must have delivered."""
        mailbox = self.world.accounts[account].mailbox
        doubtful = not streams_done[account, stream]
        there = [] if self.seems_renumbered(account) else self.server.mailboxes[mailbox]
        for message in there:
            if not (message.refused or doubtful and (
                    self.has_no_identity() or self.cannot_be_told_apart(message))
                    or self.took_over_a_uid(message, account, stream, there)):
                yield message.key
        for key, who in self.gone.items():
            if who and who[0] == account and who[1] == {stream}:
                yield key
