"""A POP3 server in memory, made for breaking: one maildrop, and a stream that fails on demand.

The octets that it sends in a session are the same each time, however the client's commands
arrive: so an octet's number says where in the session a breakage happens.
"""

import contextlib
import os
import socket
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../helpers"))

from stream import Clear, Gone, Tls  # noqa: E402

USER, PASSWORD = "ann", "secret"
AT_ONCE = 65536


class Breakage:
    """What becomes of a connection after so many octets of the server."""

    def __init__(self, how, after):
        self.how = how
        self.after = after


class Maildrop:
    """The messages by UID, and a thread that serves them on a free port of loopback."""

    def __init__(self, messages, context=None, pipelining=True):
        self.messages = dict(messages)
        self.context = context
        self.pipelining = pipelining
        self.breakage = None
        self.commits = True  # at QUIT; otherwise what was to be deleted stays
        self.sent = 0  # octets of the last session
        self.changed = threading.Condition()
        self.busy, self.doorbell, self.rung = 0, None, False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                connection, address = self.listener.accept()
            except OSError:
                return
            with self.changed:
                self.busy += address != self.doorbell
                self.rung = self.rung or address == self.doorbell
                self.changed.notify_all()
            if address == self.doorbell:
                connection.close()
            else:
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            with contextlib.suppress(Gone, OSError):
                Session(self, connection).run()
        finally:
            connection.close()
            with self.changed:
                self.busy -= 1
                self.changed.notify_all()

    def wait_until_idle(self):
        """All sessions of clients that are dead have come to their end, with QUIT or without."""
        with socket.socket() as last:  # stands in line behind them
            last.bind(("127.0.0.1", 0))
            self.rung, self.doorbell = False, last.getsockname()
            last.connect(("127.0.0.1", self.port))
            with self.changed:
                self.changed.wait_for(lambda: self.rung and self.busy == 0)

    def close(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


class Broken(Exception):
    """The place of the breakage is reached."""


class Session:
    """One connection. Each command has its method."""

    def __init__(self, maildrop, connection):
        self.maildrop = maildrop
        self.connection = connection
        self.breakage = maildrop.breakage
        self.unsent = bytearray()
        self.unread = bytearray()
        self.sent = 0
        self.entries = list(maildrop.messages.items())
        self.deleted = set()
        most = 1 if self.breakage and self.breakage.how == "drip" else AT_ONCE
        self.stream = Clear(connection, most)
        if maildrop.context:
            self.stream = Tls(self.stream, maildrop.context, b"")

    def run(self):
        try:
            self.say("+OK ready")
            while line := self.read_line():
                verb, _, argument = line.decode("latin-1").rstrip("\r\n").partition(" ")
                if getattr(self, f"on_{verb.lower()}", self.refuse)(argument) == "bye":
                    break
            self.flush()
            self.stream.close_notify()
        except Broken:
            self.break_off()
        finally:
            self.maildrop.sent = self.sent

    # --- the stream ---

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
        self.unsent += b"".join(line.encode() + b"\r\n" for line in lines)

    def flush(self):
        octets, self.unsent = bytes(self.unsent), bytearray()
        if self.breakage and self.sent + len(octets) >= self.breakage.after:
            first = octets[:max(0, self.breakage.after - self.sent)]
            self.write(first)
            if self.breakage.how not in ("split", "drip"):
                raise Broken
            octets = octets[len(first):]
        self.write(octets)

    def write(self, octets):
        self.sent += len(octets)
        try:
            self.stream.write(octets)
        except Gone:
            pass  # a dead client's commands count all the same

    def break_off(self):
        how = self.breakage.how
        if how == "reset":
            self.stream.reset()
            return
        if how == "close-notify":
            self.stream.close_notify()
        if how != "stall":
            self.stream.close()
        self.stream.wait_until_gone()

    # --- the commands ---

    def refuse(self, _):
        self.say("-ERR what?")

    def on_capa(self, _):
        pipelining = ["PIPELINING"] if self.maildrop.pipelining else []
        self.say("+OK", "TOP", "UIDL", "USER", *pipelining, ".")

    def on_user(self, _):
        self.say("+OK")

    on_pass = on_noop = on_user

    def on_stat(self, _):
        self.say(f"+OK {len(self.entries)} {sum(len(text) for _, text in self.entries)}")

    def on_list(self, argument):
        self.enumerate(argument, lambda entry: len(entry[1]))

    def on_uidl(self, argument):
        self.enumerate(argument, lambda entry: entry[0])

    def enumerate(self, argument, value):
        if argument:
            self.say(f"+OK {argument} {value(self.entries[int(argument) - 1])}")
            return
        self.say("+OK", *(f"{i} {value(entry)}" for i, entry in enumerate(self.entries, 1)), ".")

    def on_retr(self, argument):
        text = self.entries[int(argument) - 1][1]
        stuffed = (b"\r\n" + text).replace(b"\r\n.", b"\r\n..")[2:]
        self.say("+OK")
        self.unsent += stuffed + b".\r\n"

    def on_dele(self, argument):
        self.deleted.add(int(argument) - 1)
        self.say("+OK")

    def on_quit(self, _):
        self.flush()
        if self.maildrop.commits:
            for place in self.deleted:
                self.maildrop.messages.pop(self.entries[place][0], None)
        self.say("+OK")
        return "bye"
