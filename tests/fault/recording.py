"""Recordings of sessions of real servers, answer by answer, so that they can be replayed.

Each run records a server that it starts. An answer depends only on the command, except that of
CAPA, which is recorded under three names: before TLS, under TLS and after the login.
"""

import base64
import contextlib
import hashlib
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
from dataclasses import dataclass, field

from session import PASSWORD, USER

HELPERS = os.path.join(os.path.dirname(__file__), "../helpers")
PLAIN = "AUTH PLAIN " + base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()
UNKNOWN = "XYZZY"
GREETING, IN_CLEAR, IN_TLS, LOGGED_IN = "greeting", "CAPA in clear", "CAPA in TLS", "CAPA"


@dataclass
class Recording:
    """Command → answer, octet for octet. The message numbers are those of the recording."""

    answers: dict = field(default_factory=dict)

    def mail(self):
        """UID → message, as the server sends it."""
        uids = [line.split()[1].decode() for line in lines_of(self.answers["UIDL"])]
        return {uid: unstuffed(self.answers[f"RETR {number}"])[0]
                for number, uid in enumerate(uids, 1)}


def lines_of(answer):
    return answer.split(b"\r\n")[1:-2]


def unstuffed(answer):
    """The body of a multi-line answer and the octets after its end; None if it has no end.

    If the status line ends in a bare LF, so may the others. A CR inside the status line means that
    its LF was lost: that is not an answer.
    """
    status, _, rest = answer.partition(b"\n")
    if not status.startswith(b"+") or b"\r" in status.rstrip(b"\r"):
        return None
    start = rb"(\A|\r\n)" if status.endswith(b"\r") else rb"(\A|\n)"
    end = re.search(start + (rb"\.\r\n" if status.endswith(b"\r") else rb"\.\r?\n"), rest)
    if not end:
        return None
    return re.sub(start + rb"\.", rb"\1", rest[:end.end(1)]), rest[end.end():]


# --- recording ---

class Recorder:
    """A lock-step client that records every answer."""

    LISTS = re.compile(r"CAPA.*|LIST|UIDL|RETR .*|TOP .*")

    def __init__(self, recording, port):
        self.recording = recording
        self.connection = socket.create_connection(("127.0.0.1", port))
        self.stream = self.connection.makefile("rb")

    def __enter__(self):
        self.read_answer(GREETING)
        return self

    def __exit__(self, *_):
        self.stream.close()
        self.connection.close()

    def ask(self, command, name=None):
        self.connection.sendall(f"{command}\r\n".encode())
        return self.read_answer(name or command)

    def read_answer(self, name):
        answer = self.stream.readline()
        if answer.startswith(b"+OK") and self.LISTS.fullmatch(name):
            while not answer.endswith(b"\r\n.\r\n"):
                answer += self.stream.readline()
        self.recording.answers[name] = answer
        return answer

    def start_tls(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.stream.close()
        self.connection = context.wrap_socket(self.connection)
        self.stream = self.connection.makefile("rb")


def record(port):
    recording = Recording()
    with Recorder(recording, port) as recorder:
        recorder.ask("CAPA", IN_CLEAR)
        recorder.ask("STLS")
        recorder.start_tls()
        recorder.ask("CAPA", IN_TLS)
        recorder.ask(PLAIN)
        recorder.ask("QUIT")
    with Recorder(recording, port) as recorder:
        for command in f"USER {USER}", f"PASS {PASSWORD}", LOGGED_IN, "STAT", "LIST", "UIDL":
            recorder.ask(command)
        numbers = range(1, len(lines_of(recording.answers["UIDL"])) + 1)
        for form in "LIST {}", "UIDL {}", "TOP {} 0", "RETR {}", "DELE {}":
            for number in numbers:
                recorder.ask(form.format(number))
        for command in "NOOP", UNKNOWN, "QUIT":
            recorder.ask(command)
    return recording


# --- the servers ---

def make_maildir(path, texts):
    for name in "tmp", "new", "cur":
        os.makedirs(os.path.join(path, name))
    for number, text in enumerate(texts, 1):
        with open(os.path.join(path, "new", f"100{number}.fault.test"), "wb") as file:
            file.write(text.replace(b"\r\n", b"\n"))


@contextlib.contextmanager
def dovecot(_, certificates, texts):
    """The port of a Dovecot with these messages. It drops root's rights, but must read them."""
    with tempfile.TemporaryDirectory(prefix="dovecot.") as folder:
        os.chmod(folder, 0o755)
        name = hashlib.sha256(USER.encode()).hexdigest()
        password = base64.b64encode(PASSWORD.encode()).decode()
        with open(f"{folder}/users", "w") as users:
            users.write(f"{name}:{{PLAIN.b64}}{password}::::{folder}/mail::\n")
        for ending in "pem", "key":
            shutil.copy(f"{certificates}/good.{ending}", f"{folder}/server.{ending}")
        make_maildir(f"{folder}/mail", texts)
        process = subprocess.Popen(
            [f"{HELPERS}/dovecot-server", folder, "auth_mechanisms = plain"],
            stdout=subprocess.PIPE)
        try:
            port = int(process.stdout.readline().split()[0])
            for path, _, files in os.walk(f"{folder}/mail"):
                for path in path, *(os.path.join(path, file) for file in files):
                    shutil.chown(path, os.stat(folder).st_uid, os.stat(folder).st_gid)
            yield port
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


@contextlib.contextmanager
def serve(program, certificates, texts):
    """The port of a `pop3 serve` with these messages."""
    with tempfile.TemporaryDirectory(prefix="serve.") as folder:
        command = [program, "serve", "--users", f"{folder}/users", "--maildir-root",
                   f"{folder}/mail"]
        make_maildir(f"{folder}/mail/{USER}", texts)
        subprocess.run([*command, "--add-user", USER], input=PASSWORD.encode(), check=True)
        command += ["--listen", "127.0.0.1:0", "--cert", f"{certificates}/good.pem", "--key",
                    f"{certificates}/good.key"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            yield int(process.stdout.readline().split()[2])
        finally:
            process.terminate()
            process.communicate()


SERVERS = {"dovecot": dovecot, "serve": serve}


def record_server(name, program, certificates, texts):
    with SERVERS[name](program, certificates, texts) as port:
        return record(port)
