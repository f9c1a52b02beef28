"""The resources used by a process and its descendants, from /proc."""

import contextlib
import os
import re
import signal

TICKS = os.sysconf("SC_CLK_TCK")
PARENT, CPU_FIRST, CPU_AFTER = 1, 11, 15  # fields of /proc/PID/stat after the name


def stat(pid):
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()


def tree(pid):
    """The process and its descendants, each with the fields of its stat."""
    fields = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):  # it has exited
            fields[int(name)] = stat(name)
    found = {pid: fields[pid]}
    while True:
        more = {child: line for child, line in fields.items()
                if child not in found and int(line[PARENT]) in found}
        if not more:
            return found
        found.update(more)


def cpu_seconds(pid):
    """User and system time, including that of children that have exited."""
    ticks = (int(field) for line in tree(pid).values() for field in line[CPU_FIRST:CPU_AFTER])
    return sum(ticks) / TICKS


def memory(pid):
    """KiB in use now; a page that several processes share counts once."""
    total = 0
    for member in tree(pid):
        with contextlib.suppress(OSError):
            with open(f"/proc/{member}/smaps_rollup") as file:
                total += int(re.search(r"^Pss:\s+(\d+)", file.read(), re.MULTILINE)[1])
    return total


def stop(process):
    """Kill the process and its descendants."""
    for pid in tree(process.pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()
