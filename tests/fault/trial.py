"""One trial: a fetch that is disturbed, perhaps its recovery too, then a clean run, and what is
to be seen of it all afterwards."""

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

OUTCOMES = ("lost", "truncated", "twice", "hung", "false", "leftover", "stuck", "bared")
HANG_SECONDS = 300  # far more than a run takes, even on a busy machine
PATIENCE = 60  # seconds of --timeout when a slow server must not fail a run
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
    timeout: int = 5  # seconds: possibly the only thing that ends the run
    before: callable = None  # both called with the trial
    after: callable = None


CLEAN = Disturbance("clean", timeout=PATIENCE)


@dataclass
class Run:
    status: int
    hung: bool
    stdout: str
    stderr: str

    def claims(self):
        """The UIDs whose records have the status fetched."""
        records = [line.split("\t") for line in self.stdout.splitlines()]
        return [record[1] for record in records if record[3:4] == ["fetched"]]


class Trial:
    """A directory with a home, a destination and its own server."""

    DELETES = True  # then the answer to QUIT matters

    def __init__(self, program, kind, folder, mail, **server):
        self.program = program
        self.folder = folder
        self.destination = KINDS[kind](folder)
        self.mail = mail
        self.known = mail.known
        self.fresh = dict(mail.fresh)
        self.altered = {}  # UID → the message as received, if changed in clear text
        self.maildrop = Maildrop({**self.known, **self.fresh}, **server)
        self.problems = []
        self.crashed = False
        self.again = 0  # messages that may be there one more time
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
        self.maildrop.hit = None
        command = [*disturbance.around, self.program, "-a", USER,
                   "--timeout", str(disturbance.timeout),
                   "--connect-timeout", str(disturbance.timeout), *arguments]
        process = subprocess.Popen(
            command, env={**self.environment(), **disturbance.environment}, cwd=self.folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True)
        hung = False
        try:
            # A consumer that outlives the client still holds its stderr: wait for it, too.
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
        self.note("bared", self.maildrop.bared, disturbance.name)
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
        framed = self.look_at_hit(disturbance.breakage)
        self.look_for_lost()
        self.crashed = self.crashed or run.status == -signal.SIGKILL
        if not self.crashed or not self.destination.torn_by_a_crash:
            self.look_for_strange("truncated")
        self.look_at_claims(run)
        self.look_at_success(run, disturbance.breakage, framed)
        if run.status == 0:
            missing = self.missing(self.fresh)
            kept = set(self.maildrop.messages) - self.staying()
            self.note("false", bool(missing or kept), f"exit 0 without {missing or kept}")
        return run

    def look_at_hit(self, breakage):
        """What the client cannot know of an answer that was changed in clear.

        A UID that was changed is another one, perhaps that of another message. A body is whatever
        arrived in front of an end line: where its own is lost, it swallows the next answer, and
        those behind that are each taken for the answer before. Returns whether the answer still
        ends where it ought to.
        """
        hit = self.maildrop.hit
        if not hit or hit.inside or breakage.how not in CHANGES:
            return True
        self.again += 2 * (hit.verb == "UIDL")
        if hit.verb != "RETR":
            return True
        arrived = breakage.changed(hit.answer + hit.behind, hit.place)
        for uid in [hit.uid, *hit.later]:
            answer = unstuffed(arrived)
            if not answer:
                return False
            self.altered[uid], arrived = answer
            if arrived.lstrip(b"\r\n") == hit.behind:  # blank lines are skipped
                return True
        return False

    def look_at_success(self, run, breakage, framed):
        if not breakage:
            return
        self.note("false", run.status == 0 and not framed, "exit 0 without an end line")
        hit = self.maildrop.hit
        changed = (hit and hit.inside and breakage.how in CHANGES
                   and (self.DELETES or hit.verb != "QUIT"))
        self.note("false", run.status == 0 and changed, "exit 0 with a record changed")
        self.note("stuck", run.status != 0 and breakage.how in HARMLESS, f"exit {run.status}")

    def staying(self):
        """The UIDs of messages that must not be deleted."""
        return set(self.known)

    def recover(self, again=0):
        """The clean run, then one with nothing to do. A message may be there again this often."""
        self.destination.meddle()
        self.fresh.update(self.mail.late)
        self.maildrop.messages.update(self.mail.late)
        for _ in range(2):
            run = self.fetch_all(CLEAN)
            self.note("stuck", run.status != 0, f"exit {run.status} {run.stderr[-200:]!r}")
            self.look_at_claims(run)
            if run.status != 0:
                break
        self.look_for_lost()
        self.look_for_strange("truncated")
        self.look_for_twice(self.again + again)
        kept = set(self.maildrop.messages) - self.staying()
        self.note("stuck", bool(kept), f"still on the server: {sorted(kept)}")
        leftovers = self.destination.leftovers() + os.listdir(f"{self.folder}/tmp")
        self.note("leftover", bool(leftovers), f"{leftovers}")
        self.note("leftover", self.flights() != 0, f"{self.flights()} in flight")

    # --- what is to be seen ---

    def note(self, outcome, is_so, what):
        if is_so:
            self.problems.append((outcome, what.strip()))

    def held(self):
        return Counter(self.destination.contents())

    def forms(self, uid):
        """The allowed contents of a message in the destination: as sent and as received."""
        texts = [texts[uid] for texts in (self.everything(), self.altered) if uid in texts]
        return [self.destination.form(text) for text in texts]

    def missing(self, uids):
        held = self.held()
        return sorted(uid for uid in uids if not any(held[form] for form in self.forms(uid)))

    def everything(self):
        return {**self.known, **self.fresh}

    def look_for_lost(self):
        missing = self.missing(set(self.everything()) - set(self.maildrop.messages))
        self.note("lost", bool(missing), f"gone from the server: {missing}")

    def look_for_strange(self, outcome):
        whole = {form for uid in self.everything() for form in self.forms(uid)}
        strange = [text for text in self.held() if text not in whole]
        self.note(outcome, bool(strange), f"{strange[:2]!r:.300}")

    def look_for_twice(self, again):
        there = len(self.everything()) - len(self.missing(self.everything()))
        surplus = sum(self.held().values()) - there
        self.note("twice", surplus > again, f"{surplus} too many")

    def look_at_claims(self, run):
        # A changed UID belongs to no message.
        missing = self.missing(set(run.claims()) & set(self.everything()))
        self.note("false", bool(missing), f"records of {missing}")

    def flights(self):
        path = os.path.join(self.folder, STATE)
        if not os.path.exists(path):
            return 0
        with contextlib.closing(sqlite3.connect(path)) as state:
            return state.execute("SELECT count(*) FROM flight").fetchone()[0]


class BatchTrial(Trial):
    """The same, as batch lines of one session, which is one transaction."""

    LINES = "fetch new -o {}\ndele all --match subject!~Known\n"

    def fetch_all(self, disturbance):
        path = os.path.join(self.folder, "lines")
        with open(path, "w") as lines:
            lines.write(self.LINES.format(shlex.quote(self.destination_name())))
        return self.run(disturbance, "batch", path)


class StdoutTrial(Trial):
    """One message to stdout; only the exit status shows whether it is complete."""

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
        framed = self.look_at_hit(disturbance.breakage)
        printed = run.stdout.encode("latin-1")
        whole = printed in (self.fresh[uid], self.altered.get(uid))
        self.note("false", run.status == 0 and not whole, f"exit 0: {printed!r:.200}")
        self.look_at_success(run, disturbance.breakage, framed)
        return run

    def recover(self, again=0):
        self.altered.clear()
        run = self.disturb(CLEAN)
        self.note("stuck", run.status != 0, f"exit {run.status} {run.stderr[-200:]!r}")


class StdoutMboxTrial(StdoutTrial):
    """All messages to stdout as an mbox."""

    def destination_name(self):
        return "mbox:-"

    def disturb(self, disturbance):
        run = self.fetch(disturbance, "all")
        framed = self.look_at_hit(disturbance.breakage)
        held = Counter(split_mbox(run.stdout.encode("latin-1")))
        wanted = Counter(Mbox.form(self, text)
                         for text in {**self.everything(), **self.altered}.values())
        self.note("false", run.status == 0 and held != wanted, f"exit 0: {wanted - held!r:.200}")
        self.look_at_success(run, disturbance.breakage, framed)
        return run


TRIALS = {"stdout": StdoutTrial, "mbox:-": StdoutMboxTrial}


class Bench:
    """Makes trials with the same beginning: an undisturbed run fetched the known messages."""

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
                    raise SystemExit(f"{kind}: not even a clean run: {run.stderr}")
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
