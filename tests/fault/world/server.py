"""The server of a world: mailboxes in memory, one thread, and the quirks of its traits.

A session sees its mailbox as it was at the login. QUIT calls `removed` for each message that it
removes, before the client gets the answer.
"""

import contextlib
import selectors
import socket
import struct

AT_ONCE = 65536
MULTI_LINE = ("RETR", "TOP")


class Cut(Exception):
    """The connection ends here."""

    def __init__(self, octets=b"", reset=False):
        super().__init__()
        self.octets = octets
        self.reset = reset


def stuffed(text):
    if text and not text.endswith(b"\r\n"):
        text += b"\r\n"
    return (b"\r\n" + text).replace(b"\r\n.", b"\r\n..")[2:]


class Session:
    def __init__(self, server, connection, run):
        self.server = server
        self.connection = connection
        self.run = run  # the Running of the client, see client.py
        self.unread = b""
        self.user = None
        self.logged_in = False
        self.entries = []
        self.marked = set()
        self.retrieved = set()
        self.commands = []
        self.confused = False  # the pipelining quirk has occurred in this session

    # --- octets ---

    def receive(self):
        """Receive and answer commands; False when the session is over."""
        try:
            octets = self.connection.recv(AT_ONCE)
        except ConnectionError:
            octets = b""
        if not octets:
            return False
        *lines, self.unread = (self.unread + octets).split(b"\n")
        try:
            return self.answer_all([line.rstrip(b"\r").decode("latin-1") for line in lines])
        except Cut as cut:
            self.send(cut.octets)
            if cut.reset:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                           struct.pack("ii", 1, 0))
            return False

    def send(self, octets):
        with contextlib.suppress(ConnectionError):
            self.connection.sendall(octets)

    def answer_all(self, lines):
        answers = []
        for i, line in enumerate(lines):
            verb = line.partition(" ")[0].upper()
            if self.ignores(i, len(lines), verb):
                continue
            try:
                answers.append((verb, self.answer_oddly(line, i, len(lines), verb)))
            except Cut as cut:
                raise Cut(self.join(answers) + cut.octets, cut.reset) from None
            if verb == "PASS" and self.server.traits.loses and lines[i + 1:]:
                raise Cut(self.join(answers))  # the client would wait for the lost answers
            if self.doubles(i, len(lines), verb):
                answers.append(answers[-1])
        self.send(self.join(answers))
        if self.confused and self.server.traits.pipelining in ("ignores", "ok then err"):
            raise Cut  # the client would wait for the missing answer
        return answers[-1:] != [("QUIT", answers[-1][1])] if answers else True

    def join(self, answers):
        if self.server.traits.pipelining != "late dot":
            return b"".join(answer for _, answer in answers)
        octets = late = b""
        for verb, answer in answers:
            if late:
                status, end, rest = answer.partition(b"\r\n")
                answer, late = status + end + late + rest, b""
            if verb in MULTI_LINE and answer.startswith(b"+") and len(answers) > 1:
                answer, late = answer[:-3], answer[-3:]
            octets += answer
        return octets + late

    # --- pipelining quirks, which need commands that arrive together ---

    def shows(self, trait, i, count, verb):
        if self.server.traits.pipelining != trait or self.confused or count < 2 or i < 1:
            return False
        self.confused = verb == "RETR"
        return self.confused

    def ignores(self, i, count, verb):
        return self.shows("ignores", i, count, verb)

    def doubles(self, i, count, verb):
        return self.shows("twice", i, count, verb)

    def answer_oddly(self, line, i, count, verb):
        answer = self.answer(line)
        if self.shows("ok then err", i, count, verb):
            return b"+OK\r\n-ERR Error while retrieving message.\r\n"
        return answer

    # --- commands ---

    def answer(self, line):
        self.commands.append(line)
        verb, _, argument = line.partition(" ")
        verb = verb.upper()
        incident = self.run.incident(verb)
        if incident and incident.what == "refuse":
            return f"-ERR {incident.text}\r\n".encode()
        if incident and incident.what == "hang up":
            raise Cut(f"-ERR {incident.text}\r\n".encode())
        if incident and verb == "QUIT" and incident.commits:
            self.on_quit("")
        if incident:
            whole = b"" if verb == "QUIT" else self.perform(verb, argument)
            raise Cut(whole[:int(len(whole) * incident.place)], incident.what == "reset")
        return self.perform(verb, argument)

    def perform(self, verb, argument):
        handle = getattr(self, f"on_{verb.lower()}", None)
        if not handle or not (self.logged_in or verb in ("CAPA", "USER", "PASS", "QUIT")):
            return b"-ERR what?\r\n"
        return handle(argument)

    def on_capa(self, _):
        traits = self.server.traits
        lines = ["USER", "RESP-CODES"]
        lines += ["TOP"] * traits.top + ["UIDL"] * traits.uidl + ["EXPIRE 0"] * traits.expires
        lines += ["PIPELINING"] * (traits.pipelining != "none")
        return listed(lines)

    def on_user(self, argument):
        self.user = argument
        return b"+OK\r\n"

    def on_pass(self, _):
        if self.server.is_busy(self.user):
            return b"-ERR [IN-USE] the mailbox is locked\r\n"
        self.entries = list(self.server.mailboxes[self.user])
        self.logged_in = True
        return b"+OK\r\n"

    def on_noop(self, _):
        return b"+OK\r\n"

    def on_rset(self, _):
        self.marked.clear()
        return b"+OK\r\n"

    def on_stat(self, _):
        there = self.there()
        octets = sum(self.octets(i) for i in there)
        if self.server.traits.lines == "words":
            return f"+OK {len(there)} messages ({octets} octets)\r\n".encode()
        return f"+OK {len(there)} {octets}\r\n".encode()

    def there(self):
        return [i for i in range(len(self.entries)) if i not in self.marked]

    def octets(self, i):
        text, sizes = self.entries[i].text, self.server.traits.sizes
        if sizes == "lf":
            return len(text) - text.count(b"\r\n")
        return {"exact": len(text), "small": 10, "huge": 1000 * len(text)}[sizes]

    def on_list(self, argument):
        return self.enumerate(argument, self.octets)

    def on_uidl(self, argument):
        if not self.server.traits.uidl:
            return b"-ERR unknown command\r\n"
        return self.enumerate(argument, lambda i: self.entries[i].uid)

    def enumerate(self, argument, value):
        gap = "   " if self.server.traits.lines == "blanks" else " "
        lines = [f"{i + 1}{gap}{value(i)}" for i in self.there()]
        if not argument:
            return listed(lines)
        i = self.find(argument)
        if i is None:
            return b"-ERR no such message\r\n"
        one = self.server.traits.one
        if one == "whole":
            return listed(lines)
        if one == "other":
            return f"+OK {lines[0]}\r\n".encode("latin-1")
        return f"+OK {'' if one == 'bare' else f'{i + 1}{gap}'}{value(i)}\r\n".encode("latin-1")

    def find(self, argument):
        number = argument.partition(" ")[0]
        if not number.isdigit() or not 0 < int(number) <= len(self.entries):
            return None
        return None if int(number) - 1 in self.marked else int(number) - 1

    def on_retr(self, argument):
        i = self.find(argument)
        if i is None:
            return b"-ERR no such message\r\n"
        if self.entries[i].refused and not self.entries[i].undotted:
            return self.refusal(i)
        self.retrieved.add(i)
        return self.status(f"{self.octets(i)} octets") + self.stuffed(i) + b".\r\n"

    def refusal(self, i):
        if self.entries[i].garbled:
            return b"cannot read this message\r\n"
        return b"-ERR cannot read this message\r\n"

    def status(self, words):
        return f"+OK {words}\r\n".encode() if self.server.traits.lines == "words" else b"+OK\r\n"

    def stuffed(self, i):
        text = stuffed(self.entries[i].text)
        return text[1:] if self.entries[i].undotted else text

    def on_top(self, argument):
        i = self.find(argument)
        if not self.server.traits.top or i is None:
            return b"-ERR what?\r\n"
        if self.entries[i].refused and not self.entries[i].undotted:
            return self.refusal(i)
        text = self.stuffed(i)
        if self.server.traits.greedy:
            return b"+OK\r\n" + text + b".\r\n"
        header, end, body = (b"\r\n" + text).partition(b"\r\n\r\n")
        lines = body.split(b"\r\n")[:-1][:int(argument.partition(" ")[2])]
        some = b"".join(line + b"\r\n" for line in lines)
        return b"+OK\r\n" + (header + end)[2:] + some + b".\r\n"

    def on_dele(self, argument):
        i = self.find(argument)
        if i is None:
            return b"-ERR no such message\r\n"
        self.marked.add(i)
        return b"+OK\r\n"

    def on_quit(self, _):
        expired = self.retrieved if self.server.traits.expires else set()
        if self.logged_in:
            for i in sorted(self.marked | expired):
                self.server.remove(self, self.entries[i], i in self.marked)
        self.marked = set()
        return b"+OK\r\n"


def listed(lines):
    return "".join(f"{line}\r\n" for line in ["+OK", *lines, "."]).encode("latin-1")


class Server:
    def __init__(self):
        self.selector = selectors.DefaultSelector()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.listener.setblocking(False)
        self.port = self.listener.getsockname()[1]
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.sessions = []
        self.run = None  # the Running whose client connects next

    def begin(self, traits, mailboxes, removed):
        self.traits = traits
        self.mailboxes = {name: list(messages) for name, messages in mailboxes.items()}
        self.removed = removed

    def is_busy(self, user):
        return any(session.logged_in and session.user == user for session in self.sessions)

    def remove(self, session, message, was_asked):
        mailbox = self.mailboxes[session.user]
        if message in mailbox:
            mailbox.remove(message)
            self.removed(session, message, was_asked)

    # --- connections ---

    def serve(self, timeout):
        """Handle what arrives within this many seconds; False if nothing did."""
        events = self.selector.select(timeout)
        for key, _ in events:
            if key.fileobj is self.listener:
                self.accept()
            elif key.data:
                if not key.data.receive():
                    self.end(key.data)
            else:
                with contextlib.suppress(BlockingIOError):
                    key.fileobj.recv(AT_ONCE)
        return bool(events)

    def accept(self):
        connection, _ = self.listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        session = Session(self, connection, self.run)
        self.run.sessions.append(session)
        incident = self.run.incident("greeting")
        if incident:
            if incident.what == "refuse":
                session.send(f"-ERR {incident.text}\r\n".encode())
            connection.close()
            return
        self.sessions.append(session)
        self.selector.register(connection, selectors.EVENT_READ, session)
        session.send(b"+OK ready\r\n")

    def end(self, session):
        session.logged_in = False
        self.sessions.remove(session)
        self.selector.unregister(session.connection)
        session.connection.close()

    def end_sessions_of(self, run):
        """Execute the remaining commands of a dead client."""
        while self.serve(0) or any(session.run is run for session in self.sessions):
            pass
