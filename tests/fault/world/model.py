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

from collections import Counter, defaultdict

from choices import commands_of, is_possible, matches, place_selects
from kinds import TOLERATED
from parts import Batch, Dele, Fetch, Word
from statuses import KILLED, expected_statuses

OUTCOMES = ("lost", "truncated", "twice", "deleted", "kept", "blamed", "false", "status", "hung",
            "leftover")
MANY = 10  # known UIDs: that nine tenths of them change is no accident


class Model:
    def __init__(self, world, places, server):
        self.world = world
        self.places = places  # as destinations.py has them
        self.server = server
        self.problems = []
        self.messages = {}  # key → message
        self.asked = defaultdict(set)  # (account, key) → streams that may delete it
        self.tried = set()  # (account, stream, key)
        self.arrived = set()  # the same: a record said so
        self.as_new = set()  # the same: it was new then, or may have been
        self.named = Counter()  # the same: how often it was asked for, known or not
        self.gone = {}  # key → who removed it: (account, key) of a fetch, or None
        self.days = {}  # the same → the day on which it was first tried
        self.safe_days = {}  # and on which a record first said so
        self.pending = set()  # (account, key): delivered, and to be deleted
        self.torn = set()  # destinations whose end a crash may have torn
        self.renumbered = set()  # mailboxes whose UIDs have all changed
        self.again = Counter()  # destination → disturbed runs, for pipes
        for name, messages in world.mailboxes.items():
            for message in messages:
                self.messages[message.key] = message

    def note(self, outcome, is_so, what):
        if is_so and (outcome, what) not in self.problems:
            self.problems.append((outcome, what))

    # --- selections ---

    def selects(self, command, account, key, session=None):
        """True, False, or None where the model cannot know."""
        message = self.messages[key]
        if not matches(command.match, message) or not is_possible(command.match):
            return False
        if command.selection == "all":
            return True
        if command.selection == "new":
            me = (account, command.stream, key)
            if me in self.arrived:
                return None if "identities" in self.world.kinds else False
            return None if me in self.tried else True
        return place_selects(command.selection, message, session)

    def stream_of(self, line):
        return self.world.accounts[line.account].streams[line.stream]

    def may_delete_later(self, account):
        """A message may still be due from a run that was cut short."""
        return any(streams for (a, _), streams in self.asked.items() if a == account)

    def is_renumbered(self, running):
        account = self.world.accounts[running.run.command.account]
        return account.mailbox in self.renumbered

    # --- while a run is under way ---

    def removed(self, session, message, was_asked):
        """The server deletes a message, at this moment."""
        running = session.run
        account = running.run.command.account
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

    def may_delete_at_will(self, running, account, message, session):
        """By dele, whose choice it is."""
        return any(isinstance(command, Dele)
                   and self.selects(command, account, message.key, session) is not False
                   for command in commands_of(running.run.command))

    def streams_that_delete(self, running, account, message, session):
        streams = set(self.asked[account, message.key])
        for command in commands_of(running.run.command):
            if isinstance(command, Fetch) and self.deletes(command, running, account, message,
                                                           session):
                streams.add(command.stream)
        return streams

    def deletes(self, command, running, account, message, session):
        if command.delete_after:
            return self.is_old(command, running, (account, command.stream, message.key), self.days)
        return (command.delete and self.selects(command, account, message.key, session)
                is not False)

    @staticmethod
    def is_old(command, running, me, days):
        return me in days and running.run.day - days[me] >= command.delete_after

    def look_for(self, message, account, streams):
        there = any(self.holds(self.place_of(account, stream), message) for stream in streams)
        self.note("lost", streams and not there,
                  f"{self.name(message)}: deleted on the server, and in no destination")

    def place_of(self, account, stream):
        return self.places[self.world.accounts[account].streams[stream].destination]

    @staticmethod
    def holds(place, message):
        return place.form(message.text) in place.contents()

    @staticmethod
    def name(message):
        return f"message {message.key} (UID {message.uid or 'empty'})"

    def name_of(self, form, place):
        for message in self.messages.values():
            if place.form(message.text) == form:
                return self.name(message)
        return f"no message: {form!r:.200}"

    # --- after a run ---

    def run_ended(self, running):
        self.note("hung", running.hung, "it did not end")
        command, account = running.run.command, running.run.command.account
        if running.status == KILLED:
            self.torn |= {stream.destination for stream in self.world.accounts[account].streams}
        if running.status != 0:
            self.again.update(stream.destination
                              for stream in self.world.accounts[account].streams)
        self.look_at_records(running)
        for line in commands_of(command):
            if isinstance(line, Fetch):
                self.note_fetch(line, running, account)
        self.look_at_status(running)
        self.look_at_success(running)
        if not running.meanwhile:  # what the paused one has done is not known yet
            self.look_at_places()

    def note_fetch(self, command, running, account):
        taken_back = isinstance(running.run.command, Batch) and (
            running.status not in (0, KILLED) or self.takes_back(running.run.command))
        for session in running.sessions:
            for message in session.entries:
                key = message.key
                me = (account, command.stream, key)
                if command.delete_after and self.is_old(command, running, me, self.days):
                    self.asked[account, key].add(command.stream)
                if self.selects(command, account, key, session) is False:
                    continue
                if command.selection == "new":
                    self.as_new.add(me)
                else:
                    self.named[me] += 1
                self.tried.add(me)
                self.days.setdefault(me, running.run.day)
                if command.delete and not taken_back:
                    self.asked[account, key].add(command.stream)
        claimed = self.claimed(running, command, account)
        self.arrived |= claimed
        for me in claimed:
            self.safe_days.setdefault(me, running.run.day)
        if not taken_back and all(line.delete for line in commands_of(running.run.command)
                                  if isinstance(line, Fetch)):
            self.pending |= {(account, key) for _, _, key in claimed}

    @staticmethod
    def takes_back(batch):
        return any(isinstance(line, Word) and line.word in ("rset", "abort")
                   for line in batch.lines)

    def claimed(self, running, command, account):
        return {(account, command.stream, message.key)
                for record, message in self.known_records(running)
                if record[3:4] == ["fetched"]}

    def known_records(self, running):
        """Records with the message that they are about, by UID where that is its own."""
        sessions = [session for session in running.sessions if session.entries]
        if not sessions:
            return
        entries = sessions[0].entries
        for record in running.records():
            if len(record) < 3 or not record[0].isdigit():
                continue
            same = [message for message in entries if message.uid == record[1]]
            number = int(record[0])
            if len(same) == 1:
                yield record, same[0]
            elif 0 < number <= len(entries):
                yield record, entries[number - 1]

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

    def cannot_be_told_apart(self, message):
        """By UID; and not by header block either."""
        def header(other):
            return other.text.partition(b"\r\n\r\n")[0]
        others = [other for other in self.messages.values() if other is not message]
        unsure = not self.world.traits.uidl or not message.uid or any(
            other.uid == message.uid for other in others)
        return "identities" in self.world.kinds and unsure and any(
            header(other) == header(message) for other in others)

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
        if isinstance(run.command, Batch) and self.takes_back(run.command):
            return
        if any(incident.verb == "QUIT" for incident in running.met):
            return
        for line in lines:
            if isinstance(line, (Fetch, Dele)):
                self.look_at_line(line, running)

    def look_at_line(self, line, running):
        account, session = running.run.command.account, running.sessions[-1]
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

    # --- destinations ---

    def renumber(self, mailbox):
        """All UIDs change, where so many are known that this is no accident."""
        messages = self.server.mailboxes[mailbox]
        streams = [(a, s) for a, account in enumerate(self.world.accounts)
                   if account.mailbox == mailbox for s in range(len(account.streams))]
        if all(sum((a, s, message.key) in self.arrived for message in messages) >= MANY
               for a, s in streams):
            for message in messages:
                message.uid = f"other-{message.uid}"
            self.renumbered.add(mailbox)

    def look_at_places(self):
        for i, place in enumerate(self.places):
            self.look_at_gone(i)
            if i in self.torn and place.torn_by_a_crash:
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

    def place_name(self, i):
        return f"{self.world.places[i].kind} {i + 1}"

    def streams_into(self, i):
        for a, account in enumerate(self.world.accounts):
            for s, stream in enumerate(account.streams):
                if stream.destination == i:
                    yield a, s

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
        """All clean runs are over: what must be there by now."""
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
            leftovers = set(place.leftovers()) - TOLERATED
            self.note("leftover", bool(leftovers), f"in {self.place_name(i)}: {leftovers}")

    def due(self, account, stream, streams_done):
        """Keys of what this stream must have delivered: what is there, and what it deleted."""
        mailbox = self.world.accounts[account].mailbox
        told = not streams_done[account, stream]
        there = [] if mailbox in self.renumbered else self.server.mailboxes[mailbox]
        for message in there:
            if not message.refused and not (told and self.cannot_be_told_apart(message)):
                yield message.key
        for key, who in self.gone.items():
            if who and who[0] == account and who[1] == {stream}:
                yield key
