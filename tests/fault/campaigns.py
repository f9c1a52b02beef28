"""The campaigns: the places at which a fetch can be broken, and the ways to break it.

A campaign has a function that yields places. Each place consists of a kind of destination, a label
by which it can be selected again, and the disturbances of the runs before the clean one.
"""

import errno
import os
import random
import re
import shutil
import subprocess
from dataclasses import dataclass, field

from destinations import KINDS
from breaking import CHANGES, ENDS, HARMLESS, Breakage
from trial import CLEAN, TIMEOUT, BatchTrial, Disturbance, Trial

LARGE = 300_000  # octets of a message that takes several writes


@dataclass
class Place:
    kind: str
    label: str
    disturbances: list


@dataclass
class Campaign:
    """`server` has settings of Maildrop; `recorded` names the server whose answers are replayed."""

    places: callable
    mail: dict = field(default_factory=dict)  # arguments of messages.made
    server: dict = field(default_factory=dict)
    tls: bool = False
    recorded: str = None
    trial: type = Trial
    kinds: tuple = tuple(KINDS)
    mounts: bool = False
    preloads: bool = False
    jobs: int = 1  # multiplies --jobs, for trials that mostly wait


# --- system calls ---

DISK = "EIO ENOSPC EDQUOT"
NAMES = DISK + " EROFS EACCES"
ERRORS = {
    "write pwrite64 ftruncate fallocate": DISK,
    "fsync fdatasync syncfs": DISK + " EINTR",
    "open openat": NAMES + " EMFILE ENFILE ENOMEM EINTR",
    "rename renameat2 link linkat unlink unlinkat mkdir mkdirat": NAMES,
    "read pread64 getdents64 lseek": "EIO EINTR",
    "newfstatat faccessat2 fchown close dup": "EIO EACCES",
    "flock": "ENOLCK EAGAIN EINTR EACCES",
    "socket connect": "EMFILE ENOMEM EINTR EACCES ECONNREFUSED",
    "sendto recvfrom poll": "EINTR EAGAIN ENOMEM EPIPE ECONNRESET",
    "mmap brk": "ENOMEM",
    "clone clone3 vfork pidfd_open pipe2": "EAGAIN ENOMEM EMFILE",
    "wait4": "EINTR ECHILD",
}  # without fcntl: unlocking cannot fail, and SQLite misbehaves when it does
LASTING = set("ENOSPC EDQUOT EROFS EIO EMFILE ENOMEM".split())  # all later calls may fail, too


def inject(call, fault, when):
    return Disturbance(f"{call} {when} {fault}", around=(
        "strace", "-o", "/dev/null", "-e", f"trace={call}",
        "-e", f"inject={call}:{fault}:when={when}"))


def calls(bench, kind):
    """How many times the client makes each system call in a successful fetch."""
    with bench.trial(kind) as trial:
        path = os.path.join(trial.folder, "strace")
        trial.disturb(Disturbance("count", around=("strace", "-o", path)))
        with open(path) as trace:
            names = re.findall(r"(?m)^(\w+)\(", trace.read())
    return {name: names.count(name) for name in sorted(set(names)) if name != "execve"}


def kill(bench, kinds, _):
    for kind in kinds:
        for call, count in calls(bench, kind).items():
            for k in range(1, count + 1):
                yield Place(kind, f"{call} {k}", [inject(call, "signal=KILL", k)])


def kill_twice(bench, kinds, seed):
    """Killed, and killed again during recovery: two second places for each first one."""
    chance = random.Random(seed)
    for kind in kinds:
        kills = [inject(call, "signal=KILL", k)
                 for call, count in calls(bench, kind).items() for k in range(1, count + 1)]
        for first in kills:
            for second in chance.sample(kills, 2):
                yield Place(kind, f"{first.name}, {second.name}", [first, second])


def errors(bench, kinds, _):
    for kind in kinds:
        counts = calls(bench, kind)
        for names, codes in ERRORS.items():
            for call in set(names.split()) & set(counts):
                for fault, when in error_places(codes.split(), counts[call]):
                    yield Place(kind, f"{call} {when} {fault}",
                                [inject(call, f"error={fault}", when)])


def error_places(codes, count):
    for fault in codes:
        for k in range(1, count + 1):
            yield fault, f"{k}"
            if fault in LASTING:
                yield fault, f"{k}+"


def errors_after_kill(bench, kinds, seed):
    """Killed, and system calls fail during recovery."""
    chance = random.Random(seed)
    for kind in kinds:
        kills = list(kill(bench, [kind], seed))
        for place in errors(bench, [kind], seed):
            first = chance.choice(kills)
            yield Place(kind, f"{first.label}, {place.label}",
                        first.disturbances + place.disturbances)


# --- the preloaded library ---

def build_preload(bench):
    source = os.path.join(os.path.dirname(__file__), "preload.c")
    library = os.path.join(bench.folder, "preload.so")
    subprocess.run(["cc", "-D_GNU_SOURCE", "-O2", "-fPIC", "-shared", "-o", library, source],
                   check=True)
    return library


def preloaded(bench, library, kind, name, faults):
    """`faults` maps the numbers of writes and allocations to the faults to try."""
    with bench.trial(kind) as trial:
        path = os.path.join(trial.folder, "counts")
        trial.disturb(Disturbance("count", environment={
            "LD_PRELOAD": library, "FAULT_COUNT": path}))
        with open(path) as counts:
            writes, allocations = map(int, counts.read().split())
    for fault in faults(writes, allocations):
        yield Place(kind, f"{name} {fault}", [Disturbance(fault, environment={
            "LD_PRELOAD": library, name: fault})])


def short_writes(bench, kinds, _):
    endings = ["", *(f",{code}" for code in (errno.ENOSPC, errno.EIO, errno.EDQUOT))]
    library = build_preload(bench)
    for kind in kinds:
        yield from preloaded(bench, library, kind, "FAULT_SHORT", lambda writes, _: [
            f"{k}{ending}" for k in range(1, writes + 1) for ending in endings])


def allocations(bench, kinds, _):
    library = build_preload(bench)
    for kind in kinds:
        yield from preloaded(bench, library, kind, "FAULT_MALLOC", lambda _, count: [
            str(k) for k in range(1, count + 1)])


# --- the connection ---

HANDSHAKE = 600  # octets: fewer than any handshake has


def cuts(*ways):
    """Break, split or change the stream at each octet from the server, in each way."""
    def places(bench, kinds, _):
        for kind in kinds:
            with bench.trial(kind) as trial:
                trial.disturb(CLEAN)
                octets = trial.maildrop.sent
            for how in ways:
                yield from cuts_of(kind, how, octets)
    return places


def cuts_of(kind, how, octets):
    in_doubt = range(octets - len("+OK\r\n"), octets) if how in ENDS else ()
    for after in range(octets + (how in ENDS)):
        yield cut(kind, how, after)
        if after in in_doubt:
            yield cut(kind, how, after, commits=False)
        if how == "drip":
            return  # every octet is sent separately already


def cut(kind, how, after, commits=True, **breakage):
    words = [how, str(after), *breakage, *([] if commits else ["uncommitted"])]
    breakage = Breakage(how, after, bit=after * 3 % 8, **breakage)
    return Place(kind, " ".join(words),
                 [Disturbance(how, breakage=breakage, commits=commits, timeout=timeout_for(how))])


def timeout_for(how):
    """The client's time-out: short where it waits in vain."""
    if how in HARMLESS:
        return TIMEOUT
    return 1 if how in ("stall", *CHANGES) else 5


def handshakes(*ways):
    """Break the connection at each octet of the handshake, in each way."""
    def places(_, kinds, __):
        for kind in kinds:
            for how in ways:
                for after in range(HANDSHAKE):
                    yield cut(kind, how, after, handshake=True)
    return places


def both(first, second):
    def places(*arguments):
        yield from first(*arguments)
        yield from second(*arguments)
    return places


# --- the disk ---

FULL = ("mail", "home/state", "tmp")  # the directories to mount a small disk on


def remount(path, options):
    """Change only these options: the others may name users that do not exist here."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"remount,{options}", "tmpfs", path], check=True)


def mount(where, options):
    """Mount a disk over the directory, with its contents; later, make it larger and writable."""
    def before(trial):
        path = os.path.join(trial.folder, where)
        shutil.move(path, path + ".before")
        os.mkdir(path)
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", path], check=True)
        # A program that another trial is just starting may still have a copy of an open file.
        trial.cleanup.callback(subprocess.run, ["umount", "--lazy", path], check=True)
        shutil.copytree(path + ".before", path, dirs_exist_ok=True)
        shutil.rmtree(path + ".before")
        remount(path, options)

    def after(trial):
        remount(os.path.join(trial.folder, where), "rw,size=16m")

    return Disturbance(f"{where} {options}", before=before, after=after)


def disk(_, kinds, __):
    sizes = [f"size={kib}k" for kib in range(64, 64 + LARGE // 1024 + 128, 4)]
    for kind in kinds:
        for where in FULL:
            for options in ["ro", *sizes]:
                yield Place(kind, f"{where} {options}", [mount(where, options)])


STDOUT = (*KINDS, "stdout", "mbox:-")
BROKEN = cuts("fin", "reset", "stall", *HARMLESS, *CHANGES)
BROKEN_UNDER_TLS = both(BROKEN, handshakes("fin", "reset", "stall", *CHANGES))
ONE_LARGE = {"large": LARGE}


def recorded(name):
    """Everything that can happen to a connection to that server, with TLS and without."""
    return {
        name: Campaign(BROKEN, recorded=name, kinds=STDOUT, jobs=4),
        f"{name}-tls": Campaign(BROKEN_UNDER_TLS, recorded=name, tls=True, kinds=STDOUT, jobs=4),
        f"{name}-stls": Campaign(BROKEN_UNDER_TLS, {}, {"stls": True}, recorded=name, tls=True,
                                 kinds=STDOUT, jobs=4),
    }


CAMPAIGNS = {
    "kill": Campaign(kill, ONE_LARGE),
    "kill-twice": Campaign(kill_twice, {**ONE_LARGE, "known": False}),
    "errors": Campaign(errors, ONE_LARGE),
    "errors-after-kill": Campaign(errors_after_kill, ONE_LARGE),
    "short-writes": Campaign(short_writes, ONE_LARGE, preloads=True),
    "allocations": Campaign(allocations, preloads=True),
    "disk": Campaign(disk, ONE_LARGE, mounts=True),
    "fin": Campaign(cuts("fin", "split", "drip"), kinds=STDOUT),
    "reset": Campaign(cuts("reset"), kinds=STDOUT),
    "stall": Campaign(cuts("stall"), kinds=STDOUT, jobs=10),
    "lock-step": Campaign(cuts("fin", "split", "drip"), {}, {"pipelining": False}, kinds=STDOUT),
    "tls": Campaign(cuts("fin", "close-notify", "reset", "drip"), tls=True, kinds=STDOUT),
    "batch-kill": Campaign(kill, ONE_LARGE, trial=BatchTrial),
    "batch-errors": Campaign(errors, ONE_LARGE, trial=BatchTrial),
    "batch-cuts": Campaign(BROKEN, trial=BatchTrial, jobs=4),
    **recorded("dovecot"),
    **recorded("serve"),
}
