"""The facts that the model records about a world: requests and their results."""

from collections import Counter, defaultdict

from choices import commands_of, is_possible, lines_in_force, matches, place_selects
from parts import Batch, Dele, Fetch
from statuses import KILLED, UNCONFIRMED

MANY = 10  # known UIDs: enough that a change of nine tenths is a renumbering


class Facts:
    def __init__(self, world, places, server):
        self.world = world
        self.places = places  # the classes of destinations.py
        self.server = server
        self.messages = {}  # key → message
        self.asked = defaultdict(set)  # (account, key) → streams that may delete it
        self.tried = set()  # (account, stream, key)
        self.arrived = set()  # the same: a record says "fetched"
        self.as_new = set()  # the same: selected by "new"
        self.named = Counter()  # the same → how many times it was selected by another selector
        self.unsure = set()  # (account, key): selected by a dele that was not confirmed
        self.gone = {}  # key → account and streams that deleted it; None where dele did
        self.days = {}  # (account, stream, key) → the day of the first attempt
        self.safe_days = {}  # (account, stream, key) → the day of the first record "fetched"
        self.pending = set()  # (account, key): delivered, but not yet deleted
        self.torn = set()  # (account, destination): a crash may have damaged its end
        self.crashed = False  # whether any run was killed
        self.renumbered = set()  # mailboxes whose UIDs have all changed
        self.again = Counter()  # destination → disturbed runs, for pipes
        for name, messages in world.mailboxes.items():
            for message in messages:
                self.messages[message.key] = message

    # --- accounts and places ---

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

    def place_name(self, i):
        return f"{self.world.places[i].kind} {i + 1}"

    def streams_into(self, i):
        for a, account in enumerate(self.world.accounts):
            for s, stream in enumerate(account.streams):
                if stream.destination == i:
                    yield a, s

    # --- selections ---

    def selects(self, command, account, key, session=None):
        """True, False, or None if the model cannot know."""
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
        """Whether a message may still be due from an interrupted run."""
        return any(streams for (a, _), streams in self.asked.items() if a == account)

    def is_renumbered(self, running):
        return self.seems_renumbered(running.run.command.account)

    def seems_renumbered(self, account):
        """Whether all UIDs have changed, or another account deleted most messages that it kept."""
        mailbox = self.world.accounts[account].mailbox
        there = {message.key for message in self.server.mailboxes[mailbox]}
        kept = [[key for key in self.messages if self.is_to_stay(account, stream, key)]
                for stream in range(len(self.world.accounts[account].streams))]
        return mailbox in self.renumbered or any(
            len(keys) >= MANY and 10 * len(there.intersection(keys)) <= len(keys)
            for keys in kept)

    # --- deletions ---

    def may_delete_at_will(self, running, account, message, session):
        """Whether dele selected the message."""
        return any(isinstance(command, Dele)
                   and self.selects(command, account, message.key, session) is not False
                   for command in lines_in_force(running.run.command))

    def streams_that_delete(self, running, account, message, session):
        streams = set(self.asked[account, message.key])
        for command in lines_in_force(running.run.command):
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

    # --- after a run ---

    def note_crash(self, running, account):
        """Note a killed run, or a successful one, which completes what an earlier one left."""
        into = {(account, stream.destination) for stream in self.world.accounts[account].streams}
        if running.status == KILLED:
            self.crashed = True
            self.torn |= into
        elif running.status == 0 and any(isinstance(line, Fetch) for line in
                                         commands_of(running.run.command)):
            self.torn -= into

    @staticmethod
    def is_taken_back(running, line):
        command = running.run.command
        return isinstance(command, Batch) and (
            running.status not in (0, UNCONFIRMED)
            or not any(line is other for other in lines_in_force(command)))

    def note_fetch(self, command, running, account):
        taken_back = self.is_taken_back(running, command)
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
                # A run may be killed before it takes anything back.
                if command.delete and (not taken_back or running.status == KILLED):
                    self.asked[account, key].add(command.stream)

    def note_dele(self, command, running, account):
        for session in running.sessions:
            self.unsure |= {(account, message.key) for message in session.entries
                            if running.status == UNCONFIRMED
                            and self.selects(command, account, message.key, session) is not False}

    def note_arrivals(self, lines, running, account):
        """Called after all lines of a batch, as a record does not name its line."""
        claimed = set().union(*(self.claimed(running, line, account) for line in lines))
        self.arrived |= claimed
        for me in claimed:
            self.safe_days.setdefault(me, running.run.day)
        if all(line.delete and not self.is_taken_back(running, line) for line in lines):
            self.pending |= {(account, key) for _, _, key in claimed}

    def claimed(self, running, command, account):
        return {(account, command.stream, message.key)
                for record, message in self.known_records(running)
                if record[3:4] == ["fetched"]}

    def known_records(self, running):
        """Each record with its message, found by UID if the UID is unique."""
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

    def cannot_be_told_apart(self, message):
        """Whether another message has the same UID and the same header block."""
        def header(other):
            return other.text.partition(b"\r\n\r\n")[0]
        others = [other for other in self.messages.values() if other is not message]
        same = [other for other in others if other.uid == message.uid]
        if "identities" not in self.world.kinds:
            return False
        if self.crashed and any(len(other.text) == len(message.text) for other in same):
            return True  # a delivery settled after a crash is recorded without its header
        unsure = not self.world.traits.uidl or not message.uid or same
        return bool(unsure) and any(header(other) == header(message) for other in others)

    def has_a_twin(self, message):
        """Whether another message has the same size, too: the one left of them is fetched again."""
        return self.cannot_be_told_apart(message) and any(
            len(other.text) == len(message.text)
            for other in self.messages.values() if other is not message)

    def took_over_a_uid(self, message, account, stream, there):
        """Whether it has the UID of a fetched message that another client has deleted."""
        return any(other.uid == message.uid and (account, stream, other.key) in self.arrived
                   and other not in there and other.key not in self.gone
                   for other in self.messages.values() if other is not message)

    def is_to_stay(self, account, stream, key):
        return ((account, stream, key) in self.arrived and not self.asked[account, key]
                and (account, key) not in self.unsure and not self.world.traits.expires)

    def renumber(self, mailbox):
        """Change all UIDs, if so many are known that the client must notice it.

        A message without a UID of its own keeps the identity that it was given.
        """
        messages = self.server.mailboxes[mailbox]
        streams = [(a, s) for a, account in enumerate(self.world.accounts)
                   if account.mailbox == mailbox for s in range(len(account.streams))]
        uids = Counter(message.uid for message in messages if self.world.traits.uidl)
        if len(uids) == len(messages) and all(
                sum(self.is_to_stay(a, s, message.key) for message in messages) >= MANY
                for a, s in streams):
            for message in messages:
                message.uid = f"other-{message.uid}"
            self.renumbered.add(mailbox)
