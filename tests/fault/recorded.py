"""A session that replays the recorded answers of another server.

While all recorded messages are present, octet for octet; with fewer, their numbers change.
"""

from recording import GREETING, IN_CLEAR, IN_TLS, LOGGED_IN, UNKNOWN
from session import Session


class Recorded(Session):
    def __init__(self, maildrop, connection):
        super().__init__(maildrop, connection)
        self.recorded_answers = maildrop.recording.answers
        recorded = list(maildrop.recording.mail())
        self.numbers = [recorded.index(uid) + 1 for uid, _ in self.entries]

    def answer(self, command):
        self.command = command
        return super().answer(command)

    def play(self, name):
        self.output += self.recorded_answers[name]

    def greet(self):
        self.play(GREETING)

    def refuse(self, _):
        self.play(self.command if self.command in self.recorded_answers else UNKNOWN)

    on_user = on_noop = refuse

    def on_pass(self, _):
        self.check_password()
        self.refuse(_)

    on_auth = on_pass

    def on_capa(self, _):
        logged_in = any(verb in ("PASS", "AUTH") for verb, *_ in self.answers)
        self.play(LOGGED_IN if logged_in else IN_TLS if self.is_tls() else IN_CLEAR)

    def on_stls(self, _):
        self.play("STLS")
        self.flush()
        self.start_tls()

    def enumerate(self, argument, verb, value):
        if argument:
            self.refuse(argument)
            return
        status, *lines, end = self.recorded_answers[verb].splitlines(keepends=True)
        self.output += status + b"".join(
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
