"""One session of the fault-injecting server.

The octets that it sends are the same each time, however the client's commands arrive: so an
octet's number says where in the session a breakage happens.
"""

from collections import namedtuple

from breaking import ENDS, Broken, Wire
from stream import Gone, Tls

USER, PASSWORD = "ann", "secret"
AT_ONCE = 65536

# The broken answer: inside TLS or not, its verb, its message, the position in its octets, the
# octets sent after it, and the messages requested at that time.
Hit = namedtuple("Hit", "inside verb uid answer place behind later")


class Session:
    """One connection, with one method per command."""

    def __init__(self, maildrop, connection):
        self.maildrop = maildrop
        self.planned = self.breakage = maildrop.breakage  # and the rest of it
        self.said = bytearray()
        self.unread = bytearray()
        self.sent = 0  # octets sent
        self.answers = [("greeting", None, 0)]  # verb, UID, and start of the answer
        self.secret_from = float("inf")
        self.entries = list(maildrop.messages.items())
        self.deleted = set()
        most = 1 if self.breakage and self.breakage.how == "drip" else AT_ONCE
        self.stream = self.wire = Wire(connection, most)

    def run(self):
        try:
            if self.maildrop.context and not self.maildrop.stls:
                self.start_tls()
            self.greet()
            while line := self.read_line():
                if self.answer(line.decode("latin-1").rstrip("\r\n")) == "bye":
                    break
            self.flush()
            self.stream.close_notify()
        except Broken:
            self.break_off(self.planned.how)
        finally:
            self.maildrop.sent = self.sent
            self.maildrop.hit = self.find_hit()

    def answer(self, command):
        verb, _, argument = command.partition(" ")
        number = argument.partition(" ")[0]
        is_there = number.isdigit() and 0 < int(number) <= len(self.entries)
        uid = self.entries[int(number) - 1][0] if is_there else None
        self.answers.append((verb, uid, len(self.said)))
        if number.isdigit() and not is_there:  # a changed list misled the client
            return self.say("-ERR no such message")
        return getattr(self, f"on_{verb.lower()}", self.refuse)(argument)

    def find_hit(self):
        if not self.planned or self.planned.handshake:
            return None
        after = self.planned.after
        starts = [start for _, _, start in self.answers] + [len(self.said)]
        for i, (verb, uid, start) in enumerate(self.answers):
            if start <= after < starts[i + 1]:
                answer, behind = self.said[start:starts[i + 1]], self.said[starts[i + 1]:]
                later = [uid for verb, uid, _ in self.answers[i + 1:] if verb == "RETR"]
                return Hit(after >= self.secret_from, verb, uid, bytes(answer), after - start,
                           bytes(behind), later)
        return None

    # --- the stream ---

    def is_secret(self):
        return self.stream is not self.wire

    def start_tls(self):
        if self.breakage and self.breakage.handshake:
            self.wire.break_after(self.breakage.after, self.breakage)
            self.breakage = None
        early, self.unread = bytes(self.unread), bytearray()
        self.stream = Tls(self.wire, self.maildrop.context, early)
        self.secret_from = self.sent

    def read_line(self):
        while (end := self.unread.find(b"\n")) < 0:
            self.flush()
            octets = self.stream.read()
            if not octets:
                return b""
            self.unread += octets
        line = bytes(self.unread[:end + 1])
        del self.unread[:end + 1]
        return line

    def say(self, *lines):
        self.said += b"".join(line.encode() + b"\r\n" for line in lines)

    def flush(self):
        octets = bytes(self.said[self.sent:])
        place = self.place_of_breakage(octets)
        if place is not None:
            breakage, self.breakage = self.breakage, None
            self.write(octets[:place])
            self.break_next(octets[place:place + 1], breakage)
            octets = octets[place + 1:]
        self.write(octets)

    def place_of_breakage(self, octets):
        """The position of the fault in these octets, if any. An end may follow the last octet."""
        if not self.breakage or self.breakage.handshake:
            return None
        place = self.breakage.after - self.sent
        return place if place < len(octets) + (self.breakage.how in ENDS) else None

    def break_next(self, octet, breakage):
        if not octet:
            raise Broken
        self.wire.break_after(breakage.place_in_record() if self.is_secret() else 0, breakage)
        self.write(octet)

    def write(self, octets):
        self.sent += len(octets)
        try:
            self.stream.write(octets)
        except Gone:
            pass  # a dead client's commands count, too

    def break_off(self, how):
        if how == "reset":
            self.stream.reset()
            return
        if how == "close-notify":
            self.stream.close_notify()
        if how != "stall":
            self.stream.close()
        self.stream.wait_until_gone()

    # --- the commands ---

    def greet(self):
        self.say("+OK ready")

    def refuse(self, _):
        self.say("-ERR what?")

    def on_capa(self, _):
        pipelining = ["PIPELINING"] if self.maildrop.pipelining else []
        self.say("+OK", "TOP", "UIDL", "USER", *pipelining, ".")

    def on_user(self, _):
        self.say("+OK")

    on_noop = on_user

    def on_pass(self, _):
        self.look_for_secret()
        self.say("+OK")

    def look_for_secret(self):
        if self.maildrop.context and not self.is_secret():
            self.maildrop.bared = True

    def on_stat(self, _):
        self.say(f"+OK {len(self.entries)} {sum(len(text) for _, text in self.entries)}")

    def on_list(self, argument):
        self.enumerate(argument, "LIST", lambda entry: len(entry[1]))

    def on_uidl(self, argument):
        self.enumerate(argument, "UIDL", lambda entry: entry[0])

    def enumerate(self, argument, verb, value):
        if argument:
            self.say(f"+OK {argument} {value(self.entries[int(argument) - 1])}")
            return
        self.say("+OK", *(f"{i} {value(entry)}" for i, entry in enumerate(self.entries, 1)), ".")

    def on_retr(self, argument):
        text = self.entries[int(argument) - 1][1]
        stuffed = (b"\r\n" + text).replace(b"\r\n.", b"\r\n..")[2:]
        self.say("+OK")
        self.said += stuffed + b".\r\n"

    def on_top(self, argument):
        header = self.entries[int(argument.split()[0]) - 1][1].partition(b"\r\n\r\n")[0]
        self.say("+OK", header.decode("latin-1"), "", ".")

    def on_dele(self, argument):
        self.deleted.add(int(argument) - 1)
        self.say("+OK")

    def on_quit(self, _):
        self.commit()
        self.say("+OK")
        return "bye"

    def commit(self):
        self.flush()
        if self.maildrop.commits:
            for place in self.deleted:
                self.maildrop.messages.pop(self.entries[place][0], None)
