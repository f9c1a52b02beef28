"""One session of the fault-injecting server.

It always sends the same octets, however the client's commands are split: so the number of an octet
identifies the point of the session at which it breaks.
"""

from collections import namedtuple

from breaking import ENDS, Broken, Wire
from stream import Gone, Tls

USER, PASSWORD = "ann", "secret"
AT_ONCE = 65536

# The broken answer: whether TLS protects it, its verb and message, the position of the fault in its
# octets, the octets sent after it, and the messages requested at that time.
Hit = namedtuple("Hit", "in_tls verb uid answer position rest later")


class Session:
    """One connection, with one method per command."""

    def __init__(self, maildrop, connection):
        self.maildrop = maildrop
        maildrop.sessions.append(self)
        self.planned = self.breakage = maildrop.breakage  # breakage is None once it has happened
        self.output = bytearray()
        self.unread = bytearray()
        self.sent = 0  # octets sent
        self.answers = [("greeting", None, 0)]  # verb, UID, and start of the answer
        self.tls_from = float("inf")
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

    def answer(self, command):
        verb, _, argument = command.partition(" ")
        number = argument.partition(" ")[0]
        is_there = number.isdigit() and 0 < int(number) <= len(self.entries)
        uid = self.entries[int(number) - 1][0] if is_there else None
        self.answers.append((verb, uid, len(self.output)))
        if number.isdigit() and not is_there:  # the client believed a changed list
            return self.send_lines("-ERR no such message")
        return getattr(self, f"on_{verb.lower()}", self.refuse)(argument)

    def find_hit(self):
        """The broken answer, if any."""
        if not self.planned or self.planned.handshake:
            return None
        after = self.planned.after
        starts = [start for _, _, start in self.answers] + [len(self.output)]
        for i, (verb, uid, start) in enumerate(self.answers):
            if start <= after < starts[i + 1]:
                answer, rest = self.output[start:starts[i + 1]], self.output[starts[i + 1]:]
                later = [uid for verb, uid, _ in self.answers[i + 1:] if verb == "RETR"]
                return Hit(after >= self.tls_from, verb, uid, bytes(answer), after - start,
                           bytes(rest), later)
        return None

    # --- the stream ---

    def is_tls(self):
        return self.stream is not self.wire

    def start_tls(self):
        if self.breakage and self.breakage.handshake:
            self.wire.break_after(self.breakage.after, self.breakage)
            self.breakage = None
        early, self.unread = bytes(self.unread), bytearray()
        self.stream = Tls(self.wire, self.maildrop.context, early)
        self.tls_from = self.sent

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

    def send_lines(self, *lines):
        self.output += b"".join(line.encode() + b"\r\n" for line in lines)

    def flush(self):
        octets = bytes(self.output[self.sent:])
        position = self.breakage_position(octets)
        if position is not None:
            breakage, self.breakage = self.breakage, None
            self.write(octets[:position])
            self.break_next(octets[position:position + 1], breakage)
            octets = octets[position + 1:]
        self.write(octets)

    def breakage_position(self, octets):
        """The position of the fault in these octets, if any. An end may follow the last octet."""
        if not self.breakage or self.breakage.handshake:
            return None
        position = self.breakage.after - self.sent
        return position if position < len(octets) + (self.breakage.how in ENDS) else None

    def break_next(self, octet, breakage):
        if not octet:
            raise Broken
        self.wire.break_after(breakage.position_in_record() if self.is_tls() else 0, breakage)
        self.write(octet)

    def write(self, octets):
        self.sent += len(octets)
        try:
            self.stream.write(octets)
        except Gone:
            pass  # the commands of a dead client still take effect

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
        self.send_lines("+OK ready")

    def refuse(self, _):
        self.send_lines("-ERR what?")

    def on_capa(self, _):
        pipelining = ["PIPELINING"] if self.maildrop.pipelining else []
        self.send_lines("+OK", "TOP", "UIDL", "USER", *pipelining, ".")

    def on_user(self, _):
        self.send_lines("+OK")

    on_noop = on_user

    def on_pass(self, _):
        self.check_password()
        self.send_lines("+OK")

    def check_password(self):
        if self.maildrop.context and not self.is_tls():
            self.maildrop.exposed = True

    def on_stat(self, _):
        self.send_lines(f"+OK {len(self.entries)} {sum(len(text) for _, text in self.entries)}")

    def on_list(self, argument):
        self.enumerate(argument, "LIST", lambda entry: len(entry[1]))

    def on_uidl(self, argument):
        self.enumerate(argument, "UIDL", lambda entry: entry[0])

    def enumerate(self, argument, verb, value):
        if argument:
            self.send_lines(f"+OK {argument} {value(self.entries[int(argument) - 1])}")
            return
        lines = [f"{i} {value(entry)}" for i, entry in enumerate(self.entries, 1)]
        self.send_lines("+OK", *lines, ".")

    def on_retr(self, argument):
        text = self.entries[int(argument) - 1][1]
        stuffed = (b"\r\n" + text).replace(b"\r\n.", b"\r\n..")[2:]
        self.send_lines("+OK")
        self.output += stuffed + b".\r\n"

    def on_top(self, argument):
        header = self.entries[int(argument.split()[0]) - 1][1].partition(b"\r\n\r\n")[0]
        self.send_lines("+OK", header.decode("latin-1"), "", ".")

    def on_dele(self, argument):
        self.deleted.add(int(argument) - 1)
        self.send_lines("+OK")

    def on_quit(self, _):
        self.commit()
        self.send_lines("+OK")
        return "bye"

    def commit(self):
        self.flush()
        if self.maildrop.commits:
            for place in self.deleted:
                self.maildrop.messages.pop(self.entries[place][0], None)
