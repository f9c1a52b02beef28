"""One trial: a disturbed fetch, perhaps a disturbed recovery, then a clean run, and checks of the
result."""

import contextlib
import os
import shlex
import shutil
import signal
import sqlite3
import subprocess
import tempfile
from collections import Counter
from dataclasses import dataclass, field

from breaking import CHANGES, HARMLESS, Breakage
from destinations import KINDS, Mbox, split_mbox
from maildrop import Maildrop
from recording import unstuffed
from session import PASSWORD, USER

OUTCOMES = ("lost", "truncated", "twice", "hung", "false", "leftover", "stuck", "exposed")
HANG_SECONDS = 300  # far more than a run takes, even on a busy machine
TIMEOUT = 60  # seconds of --timeout in runs that a busy machine must not fail
STATE = "home/state/pop3/ann.db"
# In a coverage build, a disturbed run could corrupt the counts of all runs.
NO_COUNTS = {"GCOV_PREFIX": "/dev/null", "GCOV_ERROR_FILE": "/dev/null"}


@dataclass
class Disturbance:
    """The faults of one run: a wrapper program, another environment, a broken connection."""

    name: str
    around: tuple = ()
    environment: dict = field(default_factory=dict)
    breakage: Breakage = None
    commits: bool = True
    timeout: int = 5  # seconds; some runs end only by it
    before: callable = None  # both called with the trial
    after: callable = None


CLEAN = Disturbance("clean", timeout=TIMEOUT)


@dataclass
class Run:
    status: int
    hung: bool
    stdout: str
    stderr: str

    def uids_fetched(self):
        """The UIDs in the records with the status "fetched"."""
        records = [line.split("\t") for line in self.stdout.splitlines()]
        return [record[1] for record in records if record[3:4] == ["fetched"]]


class Trial:
    """A directory with a home and a destination, and a server."""

    DELETES = True  # whether the answer to QUIT matters

    def __init__(self, program, kind, folder, mail, **server):
        self.program = program
        self.folder = folder
        self.destination = KINDS[kind](folder)
        self.mail = mail
        self.known = mail.known
        self.fresh = dict(mail.fresh)
        self.altered = {}  # UID → the message as received each time, if changed in clear text
        self.maildrop = Maildrop({**self.known, **self.fresh}, **server)
        self.problems = []
        self.crashed = False
        self.duplicates_allowed = 0  # number of messages that may be delivered twice
        self.cleanup = contextlib.ExitStack()
        self.cleanup.callback(self.maildrop.close)

    def close(self):
        self.cleanup.close()

    def prepare(self):
        if not self.known:
            return Run(0, False, "", "")
        return self.fetch(CLEAN, f"first:{len(self.known)}")

    # --- running the client ---

    def run(self, disturbance, *arguments):
        if disturbance.before:
            disturbance.before(self)
        self.maildrop.breakage = disturbance.breakage
        self.maildrop.commits = disturbance.commits
        self.maildrop.sessions = []
        command = [*disturbance.around, self.program, "-a", USER,
                   "--timeout", str(disturbance.timeout),
                   "--connect-timeout", str(disturbance.timeout), *arguments]
        process = subprocess.Popen(
            command, env={**self.environment(), **disturbance.environment}, cwd=self.folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True)
        hung = False
        try:
            # A command that outlives the client keeps its stderr open: wait for it, too.
            output = process.communicate(timeout=HANG_SECONDS)
        except subprocess.TimeoutExpired:
            hung = True
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            output = process.communicate()
        self.maildrop.wait_until_idle()
        if disturbance.after:
            disturbance.after(self)
        self.note("hung", hung, disturbance.name)
        self.note("exposed", self.maildrop.exposed, disturbance.name)
        return Run(process.returncode, hung, *(text.decode("latin-1") for text in output))

    def fetch(self, disturbance, *arguments):
        return self.run(disturbance, "fetch", *arguments, "-o", self.destination_name())

    def fetch_all(self, disturbance):
        return self.fetch(disturbance, "new", "--delete")

    def destination_name(self):
        return self.destination.name

    def environment(self):
        home = os.path.join(self.folder, "home")
        os.makedirs(f"{home}/config/pop3", exist_ok=True)
        os.makedirs(f"{self.folder}/tmp", exist_ok=True)
        with open(f"{home}/config/pop3/config", "w") as config:
            config.write(f"[{USER}]\nserver = 127.0.0.1:{self.maildrop.port}\nuser = {USER}\n"
                         f"{self.trust()}\n")
        return {"PATH": os.environ["PATH"], "HOME": home, "TMPDIR": f"{self.folder}/tmp",
                "XDG_CONFIG_HOME": f"{home}/config", "XDG_STATE_HOME": f"{home}/state",
                "XDG_CACHE_HOME": f"{home}/cache", "POP3_PASSWORD": PASSWORD, **NO_COUNTS}

    def trust(self):
        if not self.maildrop.context:
            return "tls = off"
        return "no_verify = true\ntls = " + ("stls" if self.maildrop.stls else "implicit")

    # --- the trial ---

    def disturb(self, disturbance):
        run = self.fetch_all(disturbance)
        framed = self.account_for_changes(disturbance.breakage)
        self.check_lost()
        self.crashed = self.crashed or run.status == -signal.SIGKILL
        if not self.crashed or not self.destination.damaged_by_a_crash:
            self.check_contents("truncated")
        self.check_records(run)
        self.check_status(run, disturbance.breakage, framed)
        if run.status == 0:
            missing = self.missing(self.fresh)
            kept = set(self.maildrop.messages) - self.to_keep()
            self.note("false", bool(missing or kept), f"exit 0 without {missing or kept}")
        return run

    def account_for_changes(self, breakage):
        """Allow for what changed in clear text, which the client cannot always detect.

        Every session of the run breaks, also the one in which the client asks again. Returns
        whether the changed answer of the last one still ends where it should.
        """
        framed = True
        for session in self.maildrop.sessions:
            framed = self.account_for_change(breakage, session.find_hit())
        return framed

    def account_for_change(self, breakage, hit):
        """The same for one session.

        A changed UID is a different one, perhaps that of another message. A body is what arrived
        before an end line: if its own is lost, it swallows the next answer, and each later answer
        is taken for the one before it.
        """
        if not hit or hit.in_tls or breakage.how not in CHANGES:
            return True
        self.duplicates_allowed += 2 * (hit.verb == "UIDL")
        if hit.verb != "RETR":
            return True
        arrived = breakage.changed(hit.answer + hit.rest, hit.position)
        for uid in [hit.uid, *hit.later]:
            answer = unstuffed(arrived)
            if not answer:
                return False
            text, arrived = answer
            self.altered.setdefault(uid, []).append(text)
            if arrived.lstrip(b"\r\n") == hit.rest:  # blank lines are skipped
                return True
        return False

    def check_status(self, run, breakage, framed):
        if not breakage:
            return
        self.note("false", run.status == 0 and not framed, "exit 0 without an end line")
        hit = self.maildrop.sessions[-1].find_hit() if self.maildrop.sessions else None
        changed = (hit and hit.in_tls and breakage.how in CHANGES
                   and (self.DELETES or hit.verb != "QUIT"))
        self.note("false", run.status == 0 and changed, "exit 0 with a record changed")
        self.note("stuck", run.status != 0 and breakage.how in HARMLESS, f"exit {run.status}")

    def to_keep(self):
        """The UIDs of messages that must not be deleted."""
        return set(self.known)

    def recover(self, again=0):
        """The clean run, then one with nothing to do. `again` messages may be duplicates."""
        self.destination.meddle()
        self.fresh.update(self.mail.late)
        self.maildrop.messages.update(self.mail.late)
        for _ in range(2):
            run = self.fetch_all(CLEAN)
            self.note("stuck", run.status != 0, f"exit {run.status} {run.stderr[-200:]!r}")
            self.check_records(run)
            if run.status != 0:
                break
        self.check_lost()
        self.check_contents("truncated")
        self.check_duplicates(self.duplicates_allowed + again)
        kept = set(self.maildrop.messages) - self.to_keep()
        self.note("stuck", bool(kept), f"still on the server: {sorted(kept)}")
        leftovers = self.destination.leftovers() + os.listdir(f"{self.folder}/tmp")
        self.note("leftover", bool(leftovers), f"{leftovers}")
        self.note("leftover", self.flights() != 0, f"{self.flights()} in flight")

    # --- checks ---

    def note(self, outcome, is_wrong, what):
        if is_wrong:
            self.problems.append((outcome, what.strip()))

    def delivered(self):
        return Counter(self.destination.contents())

    def forms(self, uid):
        """The allowed contents of a message in the destination: as sent and as received."""
        texts = [self.everything()[uid], *self.altered.get(uid, [])]
        return [self.destination.form(text) for text in texts]

    def missing(self, uids):
        delivered = self.delivered()
        return sorted(uid for uid in uids if not any(delivered[form] for form in self.forms(uid)))

    def everything(self):
        return {**self.known, **self.fresh}

    def check_lost(self):
        missing = self.missing(set(self.everything()) - set(self.maildrop.messages))
        self.note("lost", bool(missing), f"gone from the server: {missing}")

    def check_contents(self, outcome):
        whole = {form for uid in self.everything() for form in self.forms(uid)}
        strange = [text for text in self.delivered() if text not in whole]
        self.note(outcome, bool(strange), f"{strange[:2]!r:.300}")

    def check_duplicates(self, again):
        there = len(self.everything()) - len(self.missing(self.everything()))
        surplus = sum(self.delivered().values()) - there
        self.note("twice", surplus > again, f"{surplus} too many")

    def check_records(self, run):
        # A changed UID is that of no message.
        missing = self.missing(set(run.uids_fetched()) & set(self.everything()))
        self.note("false", bool(missing), f"records of {missing}")

    def flights(self):
        path = os.path.join(self.folder, STATE)
        if not os.path.exists(path):
            return 0
        with contextlib.closing(sqlite3.connect(path)) as state:
            return state.execute("SELECT count(*) FROM flight").fetchone()[0]


class BatchTrial(Trial):
    """The same with two lines of a batch, which are one transaction."""

    LINES = "fetch new -o {}\ndele all --match subject!~Known\n"

    def fetch_all(self, disturbance):
        path = os.path.join(self.folder, "lines")
        with open(path, "w") as lines:
            lines.write(self.LINES.format(shlex.quote(self.destination_name())))
        return self.run(disturbance, "batch", path)


class StdoutTrial(Trial):
    """Fetches one message to stdout; only the exit status shows whether it is complete."""

    DELETES = False

    def __init__(self, program, kind, folder, mail, **server):
        super().__init__(program, "dir", folder, mail, **server)

    def destination_name(self):
        return "-"

    def prepare(self):
        return self.disturb(CLEAN)

    def disturb(self, disturbance):
        uid = self.mail.to_stdout
        run = self.fetch(disturbance, f"uid:{uid}")
        framed = self.account_for_changes(disturbance.breakage)
        printed = run.stdout.encode("latin-1")
        whole = printed in (self.fresh[uid], *self.altered.get(uid, []))
        self.note("false", run.status == 0 and not whole, f"exit 0: {printed!r:.200}")
        self.check_status(run, disturbance.breakage, framed)
        return run

    def recover(self, again=0):
        self.altered.clear()
        run = self.disturb(CLEAN)
        self.note("stuck", run.status != 0, f"exit {run.status} {run.stderr[-200:]!r}")


class StdoutMboxTrial(StdoutTrial):
    """Fetches all messages to stdout as an mbox."""

    def destination_name(self):
        return "mbox:-"

    def disturb(self, disturbance):
        run = self.fetch(disturbance, "all")
        framed = self.account_for_changes(disturbance.breakage)
        delivered = Counter(split_mbox(run.stdout.encode("latin-1")))
        last_altered = {uid: texts[-1] for uid, texts in self.altered.items()}
        wanted = Counter(Mbox.form(self, text)
                         for text in {**self.everything(), **last_altered}.values())
        self.note("false", run.status == 0 and delivered != wanted,
                  f"exit 0: {wanted - delivered!r:.200}")
        self.check_status(run, disturbance.breakage, framed)
        return run


TRIALS = {"stdout": StdoutTrial, "mbox:-": StdoutMboxTrial}


class Bench:
    """Makes trials from a template in which a clean run has fetched the known messages."""

    def __init__(self, program, folder, mail, trial=Trial, **server):
        self.program = program
        self.folder = folder
        self.mail = mail
        self.trial_class = trial
        self.server = server
        self.templates = {}

    def prepare(self, kinds):
        for kind in kinds:
            template = tempfile.mkdtemp(prefix=f"{kind}.", dir=self.folder)
            with contextlib.closing(self.make(kind, template)) as trial:
                run = trial.prepare()
                if run.status != 0:
                    raise SystemExit(f"{kind}: the clean run failed: {run.stderr}")
            self.templates[kind] = template

    def make(self, kind, folder):
        trial = TRIALS.get(kind, self.trial_class)
        return trial(self.program, kind, folder, self.mail, **self.server)

    @contextlib.contextmanager
    def trial(self, kind):
        folder = tempfile.mkdtemp(prefix="trial.", dir=self.folder)
        try:
            # Create the destination first: it cannot be created over existing files.
            trial = self.make(kind, folder)
            shutil.copytree(self.templates[kind], folder, symlinks=True, dirs_exist_ok=True)
            with contextlib.closing(trial):
                yield trial
        finally:
            shutil.rmtree(folder)
