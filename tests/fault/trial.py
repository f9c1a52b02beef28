"""One trial: a fetch that is disturbed, perhaps its recovery too, then a clean run, and what is
to be seen of it all afterwards."""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
from collections import Counter
from dataclasses import dataclass, field

import messages
from destinations import KINDS, Mbox, split_mbox
from maildrop import PASSWORD, USER, Breakage, Maildrop

OUTCOMES = ("lost", "truncated", "twice", "hung", "false", "leftover", "stuck")
HANG_SECONDS = 30  # more than any wait that --timeout bounds
STATE = "home/state/pop3/ann.db"


@dataclass
class Disturbance:
    """What befalls one run: a program around it, another environment, a broken connection."""

    name: str
    around: tuple = ()
    environment: dict = field(default_factory=dict)
    breakage: Breakage = None
    commits: bool = True
    options: tuple = ()
    before: callable = None  # both called with the trial
    after: callable = None


CLEAN = Disturbance("clean")


@dataclass
class Run:
    status: int
    hung: bool
    stdout: str
    stderr: str

    def claims(self):
        """The UIDs whose records say that they were fetched."""
        records = [line.split("\t") for line in self.stdout.splitlines()]
        return [record[1] for record in records if record[3:4] == ["fetched"]]


class Trial:
    """A folder with a home and a destination, and a server of its own."""

    def __init__(self, program, kind, folder, large=0, context=None, pipelining=True,
                 known=True):
        self.program = program
        self.folder = folder
        self.destination = KINDS[kind](folder)
        self.fresh = messages.dozen(large)
        self.known = messages.known() if known else {}
        self.maildrop = Maildrop({**self.known, **self.fresh}, context, pipelining)
        self.problems = []
        self.crashed = False
        self.cleanup = contextlib.ExitStack()
        self.cleanup.callback(self.maildrop.close)

    def close(self):
        self.cleanup.close()

    def prepare(self):
        if not self.known:
            return Run(0, False, "", "")
        return self.run(CLEAN, f"first:{len(self.known)}")

    # --- running the client ---

    def run(self, disturbance, *arguments):
        if disturbance.before:
            disturbance.before(self)
        self.maildrop.breakage = disturbance.breakage
        self.maildrop.commits = disturbance.commits
        command = [*disturbance.around, self.program, "-a", USER, *disturbance.options,
                   "fetch", *arguments, "-o", self.destination_name()]
        process = subprocess.Popen(
            command, env={**self.environment(), **disturbance.environment}, cwd=self.folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True)
        hung = False
        try:
            # A consumer that outlives the client has its stderr: that is waited for, too.
            output = process.communicate(timeout=HANG_SECONDS)
        except subprocess.TimeoutExpired:
            hung = True
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            output = process.communicate()
        self.maildrop.wait_until_idle()
        if disturbance.after:
            disturbance.after(self)
        return Run(process.returncode, hung, *(text.decode("latin-1") for text in output))

    def destination_name(self):
        return self.destination.name

    def environment(self):
        home = os.path.join(self.folder, "home")
        os.makedirs(f"{home}/config/pop3", exist_ok=True)
        os.makedirs(f"{self.folder}/tmp", exist_ok=True)
        with open(f"{home}/config/pop3/config", "w") as config:
            config.write(f"[{USER}]\nserver = 127.0.0.1:{self.maildrop.port}\nuser = {USER}\n"
                         f"timeout = 5\n{self.trust()}\n")
        return {"PATH": os.environ["PATH"], "HOME": home, "TMPDIR": f"{self.folder}/tmp",
                "XDG_CONFIG_HOME": f"{home}/config", "XDG_STATE_HOME": f"{home}/state",
                "XDG_CACHE_HOME": f"{home}/cache", "POP3_PASSWORD": PASSWORD}

    def trust(self):
        return "no_verify = true" if self.maildrop.context else "tls = off"

    # --- the trial ---

    def disturb(self, disturbance):
        run = self.run(disturbance, "new", "--delete")
        self.note("hung", run.hung, "")
        self.look_for_lost()
        self.crashed = self.crashed or run.status == -signal.SIGKILL
        if not self.crashed or not self.destination.torn_by_a_crash:
            self.look_for_strange("truncated")
        self.look_at_claims(run)
        if run.status == 0:
            missing = self.missing(self.fresh)
            kept = set(self.maildrop.messages) - set(self.known)
            self.note("false", bool(missing or kept), f"exit 0 without {missing or kept}")
        return run

    def recover(self, again=0):
        """The clean run, and one with nothing to do. A message may be there again so often."""
        self.destination.meddle()
        self.fresh.update(messages.late())
        self.maildrop.messages.update(messages.late())
        for _ in range(2):
            run = self.run(CLEAN, "new", "--delete")
            self.note("hung", run.hung, "clean run")
            self.note("stuck", run.status != 0, f"exit {run.status} {run.stderr[-200:]!r}")
            self.look_at_claims(run)
            if run.status != 0:
                break
        self.look_for_lost()
        self.look_for_strange("truncated")
        self.look_for_twice(again)
        kept = set(self.maildrop.messages) - set(self.known)
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

    def missing(self, wanted):
        held = self.held()
        form = self.destination.form
        return sorted(uid for uid, text in wanted.items() if held[form(text)] == 0)

    def everything(self):
        return {**self.known, **self.fresh}

    def look_for_lost(self):
        gone = set(self.everything()) - set(self.maildrop.messages)
        missing = self.missing({uid: self.everything()[uid] for uid in gone})
        self.note("lost", bool(missing), f"gone from the server: {missing}")

    def look_for_strange(self, outcome):
        whole = {self.destination.form(text) for text in self.everything().values()}
        strange = [text for text in self.held() if text not in whole]
        self.note(outcome, bool(strange), f"{strange[:2]!r:.300}")

    def look_for_twice(self, again):
        forms = Counter(self.destination.form(text) for text in self.everything().values())
        more = self.held() - forms
        surplus = sum(count for text, count in more.items() if text in forms)
        self.note("twice", surplus > again, f"{surplus} too many")

    def look_at_claims(self, run):
        everything = self.everything()
        missing = self.missing({uid: everything[uid] for uid in run.claims()})
        self.note("false", bool(missing), f"records of {missing}")

    def flights(self):
        path = os.path.join(self.folder, STATE)
        if not os.path.exists(path):
            return 0
        with contextlib.closing(sqlite3.connect(path)) as state:
            return state.execute("SELECT count(*) FROM flight").fetchone()[0]


class StdoutTrial(Trial):
    """One message to stdout, where the exit status alone tells if it was whole."""

    WANTED = "uid-8"

    def __init__(self, program, kind, folder, **settings):
        super().__init__(program, "dir", folder, **settings)

    def destination_name(self):
        return "-"

    def prepare(self):
        return self.disturb(CLEAN)

    def disturb(self, disturbance):
        run = self.run(disturbance, f"uid:{self.WANTED}")
        whole = run.stdout.encode("latin-1") == self.fresh[self.WANTED]
        self.note("hung", run.hung, "")
        self.note("false", run.status == 0 and not whole, "exit 0")
        return run

    def recover(self, again=0):
        run = self.disturb(CLEAN)
        self.note("stuck", run.status != 0, f"exit {run.status} {run.stderr[-200:]!r}")


class StdoutMboxTrial(StdoutTrial):
    """All messages to stdout as an mbox."""

    def destination_name(self):
        return "mbox:-"

    def disturb(self, disturbance):
        run = self.run(disturbance, "all")
        held = Counter(split_mbox(run.stdout.encode("latin-1")))
        wanted = Counter(Mbox.form(self, text) for text in self.everything().values())
        self.note("hung", run.hung, "")
        self.note("false", run.status == 0 and held != wanted, f"exit 0: {wanted - held!r:.200}")
        return run


TRIALS = {"stdout": StdoutTrial, "mbox:-": StdoutMboxTrial}


class Bench:
    """Makes trials that all begin alike: what is known was fetched, by a run that nothing hurt."""

    def __init__(self, program, folder, **settings):
        self.program = program
        self.folder = folder
        self.settings = settings
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
        return TRIALS.get(kind, Trial)(self.program, kind, folder, **self.settings)

    @contextlib.contextmanager
    def trial(self, kind):
        folder = tempfile.mkdtemp(prefix="trial.", dir=self.folder)
        try:
            # The destination is made first, as it will not be made over what is there.
            trial = self.make(kind, folder)
            shutil.copytree(self.templates[kind], folder, symlinks=True, dirs_exist_ok=True)
            with contextlib.closing(trial):
                yield trial
        finally:
            shutil.rmtree(folder)
