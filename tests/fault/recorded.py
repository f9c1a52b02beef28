"""A session in another server's words: those that were recorded.

With all of the recorded messages there, octet for octet; with fewer, they have other numbers.
"""

from recording import GREETING, IN_CLEAR, IN_TLS, LOGGED_IN, UNKNOWN
from session import Session


class Recorded(Session):
    def __init__(self, maildrop, connection):
        super().__init__(maildrop, connection)
        self.words = maildrop.recording.answers
        recorded = list(maildrop.recording.mail())
        self.numbers = [recorded.index(uid) + 1 for uid, _ in self.entries]

    def answer(self, command):
        self.command = command
        return super().answer(command)

    def play(self, name):
        self.said += self.words[name]

    def greet(self):
        self.play(GREETING)

    def refuse(self, _):
        self.play(self.command if self.command in self.words else UNKNOWN)

    on_user = on_noop = refuse

    def on_pass(self, _):
        self.look_for_secret()
        self.refuse(_)

    on_auth = on_pass

    def on_capa(self, _):
        logged_in = any(verb in ("PASS", "AUTH") for verb, *_ in self.answers)
        self.play(LOGGED_IN if logged_in else IN_TLS if self.is_secret() else IN_CLEAR)

    def on_stls(self, _):
        self.play("STLS")
        self.flush()
        self.start_tls()

    def enumerate(self, argument, verb, value):
        if argument:
            self.refuse(argument)
            return
        status, *lines, end = self.words[verb].splitlines(keepends=True)
        self.said += status + b"".join(
            b"%d %s" % (number, lines[recorded - 1].split(b" ", 1)[1])
            for number, recorded in enumerate(self.numbers, 1)) + end

    def on_retr(self, argument):
        self.play_about("RETR", argument)

    def on_top(self, argument):
        self.play_about("TOP", argument)

    def on_dele(self, argument):
        self.deleted.add(int(argument) - 1)
        self.play_about("DELE", argument)

    def play_about(self, verb, argument):
        number, *lines = argument.split()
        self.play(" ".join([verb, str(self.numbers[int(number) - 1]), *lines]))

    def on_quit(self, _):
        self.commit()
        self.play("QUIT")
        return "bye"
