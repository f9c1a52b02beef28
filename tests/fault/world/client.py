"""One run of the client: its command line, environment, faults and output."""

import contextlib
import errno
import os
import shlex
import signal
import socket
import time
from collections import Counter
from dataclasses import dataclass, field

from parts import Batch, Dele, Look, Run, Word

PASSWORD = "secret"
TIMEOUT = 30  # seconds, of the client: two sessions may take it before it stops sending ahead
HANG_SECONDS = 5 * TIMEOUT  # far more than a run takes, even on a busy machine
BRIEF = 3  # seconds, for a client that may wait for a lock of a paused run
# In a coverage build, a disturbed run could corrupt the counts of all runs.
NO_COUNTS = {"GCOV_PREFIX": "/dev/null", "GCOV_ERROR_FILE": "/dev/null"}


def command_line(command, account, places):
    """The arguments after the program and its account."""
    if isinstance(command, Word):
        return [command.word]
    if isinstance(command, Look):
        return [command.verb, *([command.selection] if command.verb != "stat" else [])]
    words = ["dele" if isinstance(command, Dele) else "fetch", command.selection]
    if command.match:
        words += ["--match", command.match]
    if isinstance(command, Dele):
        return words
    stream = account.streams[command.stream]
    if stream.cursor:
        words += ["--cursor", stream.cursor]
    words += ["-o", places[stream.destination].name]
    words += ["--delete"] * command.delete + ["--peek"] * command.peek
    if command.delete_after:
        words += ["--delete-after", f"{command.delete_after}d"]
    if command.max_size:
        words += ["--max-size", str(command.max_size)]
    return words


@dataclass
class Running:
    """A run in progress, and its results once it has ended."""

    run: Run
    account: object
    sessions: list = field(default_factory=list)  # on the server
    counts: Counter = field(default_factory=Counter)
    met: list = field(default_factory=list)  # incidents that have occurred
    removed: list = field(default_factory=list)  # names of the messages that it deleted
    status: int = None  # exit status; -9 if killed
    hung: bool = False
    meanwhile: bool = False  # another run is paused
    stdout: str = ""
    stderr: str = ""
    call: str = ""  # the call at which the fault occurred
    folder: str = ""  # contains stdout, stderr and log

    def incident(self, verb):
        """The incident planned for this command of the client."""
        self.counts[verb] += 1
        for incident in self.run.incidents:
            if incident.verb == verb and incident.nth in (0, self.counts[verb]):
                self.met.append(incident)
                return incident
        return None

    def records(self):
        return [line.split("\t") for line in self.stdout.splitlines()]


class Clients:
    """Runs clients, and serves them in the same thread."""

    def __init__(self, program, library, server):
        self.program = program
        self.library = library
        self.server = server
        ours, self.bell = socket.socketpair()
        for end in ours, self.bell:
            end.setblocking(False)
        self.waker = ours
        server.selector.register(ours, 1)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.bell.fileno(), warn_on_full_buffer=False)

    def start(self, running, arguments, folder, accounts):
        run = running.run
        self.server.run = running
        timeout = BRIEF if running.meanwhile else TIMEOUT
        paths = [os.path.join(running.folder, name) for name in ("stdout", "stderr")]
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        actions = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0)]
        actions += [(os.POSIX_SPAWN_OPEN, i, path, flags, 0o600)
                    for i, path in enumerate(paths, 1)]
        words = [self.program, "-a", running.account.name, "--timeout", str(timeout), *arguments]
        if run.fault and run.fault.what == "power":
            words.append("--no-sandbox")
        environment = {**home(folder, running.account.home, accounts, self.server.port),
                       **self.faults(running, folder)}
        running.pid = os.posix_spawn(self.program, words, environment, file_actions=actions)
        running.deadline = time.monotonic() + HANG_SECONDS

    def faults(self, running, folder):
        run, fault = running.run, running.run.fault
        variables = {}
        if fault:
            name = {"kill": "KILL", "power": "KILL", "full": "FULL", "pause": "PAUSE"}[fault.what]
            variables[f"WORLD_{name}"] = str(fault.call)
            variables["WORLD_LOG"] = os.path.join(running.folder, "log")
            if fault.what == "full":
                variables["WORLD_FULL"] += f",{getattr(errno, fault.error)}"
            if fault.what == "power":
                variables["WORLD_SYNCS"] = folder
        if run.day:
            variables["WORLD_DAYS"] = str(run.day)
        return {"LD_PRELOAD": self.library, **variables} if variables else {}

    def wait(self, running):
        """Wait until the client has ended or stopped; True if it has ended."""
        while True:
            pid, status = os.waitpid(running.pid, os.WNOHANG | os.WUNTRACED)
            if pid and os.WIFSTOPPED(status):
                return False
            if pid:
                running.status = os.waitstatus_to_exitcode(status)
                break
            self.server.serve(1)
            if time.monotonic() > running.deadline:
                running.hung = True
                with contextlib.suppress(ProcessLookupError):
                    os.kill(running.pid, signal.SIGKILL)
        self.server.end_sessions_of(running)
        for name in "stdout", "stderr":
            with open(os.path.join(running.folder, name), encoding="latin-1") as file:
                setattr(running, name, file.read())
        return True

    def resume(self, running):
        running.deadline = time.monotonic() + HANG_SECONDS
        os.kill(running.pid, signal.SIGCONT)

    def close(self):
        signal.set_wakeup_fd(-1)
        self.server.selector.unregister(self.waker)
        self.waker.close()
        self.bell.close()


def home(folder, name, accounts, port):
    """The environment of a user whose state is in the directory of that name."""
    path = os.path.join(folder, name)
    os.makedirs(f"{path}/config/pop3", exist_ok=True)
    os.makedirs(f"{folder}/tmp", exist_ok=True)
    with open(f"{path}/config/pop3/config", "w") as config:
        for account in accounts:
            config.write(f"[{account.name}]\nserver = 127.0.0.1:{port}\n"
                         f"user = {account.mailbox}\ntls = off\n")
    return {"PATH": os.environ["PATH"], "HOME": path, "TMPDIR": f"{folder}/tmp",
            "XDG_CONFIG_HOME": f"{path}/config", "XDG_STATE_HOME": f"{path}/state",
            "XDG_CACHE_HOME": f"{path}/cache", "POP3_PASSWORD": PASSWORD, **NO_COUNTS}


def batch_text(batch, account, places):
    return "".join(shlex.join(command_line(line, account, places)) + "\n" for line in batch.lines)


def arguments_of(running, places):
    command = running.run.command
    if not isinstance(command, Batch):
        return command_line(command, running.account, places)
    path = os.path.join(running.folder, "lines")
    with open(path, "w") as lines:
        lines.write(batch_text(command, running.account, places))
    return ["batch", path]
