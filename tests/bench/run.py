#!/usr/bin/python3 -SB
"""Compare pop3 with other clients: called by bench, which has started Dovecot.

Every figure is the median of several runs, in which the tools take turns. The ratios are relative
to the floor's wall time, and to the CPU time of a plain copy of the same octets (or of the floor).
"""

import argparse
import os
import signal
import socket
import statistics
import subprocess
import sys
from collections import namedtuple

import tools
import works

Cost = namedtuple("Cost", "wall cpu memory")
FAILED = "failed"
STARTS = 40  # multiplies the runs of what takes only milliseconds


def main():
    arguments = parse()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # runs the finally below
    servers = Servers(arguments)
    try:
        for work in works.WORKS:
            for way in work.ways:
                title = f"{work.title}, {work.mailbox}, {works.way_name(way)}"
                if any(word in title for word in arguments.only):
                    print_costs(title, measure_all(arguments, servers, work, way))
    finally:
        servers.stop()


def parse():
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--runs", type=int, default=5, help="runs per tool (5)")
    parser.add_argument("--budget", type=float, default=20,
                        help="do not start a tool again after this many seconds (20)")
    parser.add_argument("--only", action="append", help="works whose title contains this")
    parser.add_argument("--tools", help="measure only these, separated by spaces")
    for name in ["folder", "mailboxes", "programs", "pop3", "ports"]:
        parser.add_argument(f"--{name}", required=True, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    arguments.only = arguments.only or [""]
    with open(arguments.mailboxes) as table:
        rows = (line.split() for line in table)
        arguments.mailboxes = {name: (int(count), int(octets)) for name, count, octets in rows}
    arguments.mailboxes.update(works.CANNED)
    arguments.programs = {name: os.path.join(arguments.programs, name)
                          for name in ["canned", "delay", "first", "measure", "replay"]}
    arguments.programs["pop3"] = arguments.pop3
    return arguments


# --- servers ---

class Servers:
    """The ports for each way: of Dovecot or a canned server, directly or through a delay."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.running = []
        self.ports = {}
        self.listener = socket.create_server((tools.HOST, 0))  # for first, which accepts
        clear, tls = arguments.ports.split()
        for port, with_tls in [(clear, False), (tls, True)]:
            self.ports["dovecot", with_tls, False] = int(port)
            self.ports["dovecot", with_tls, True] = self.start("delay", port, "50")

    def start(self, name, *words):
        server = subprocess.Popen([self.arguments.programs[name], *words],
                                  stdout=subprocess.PIPE, text=True)
        self.running.append(server)
        return int(server.stdout.readline())

    def port(self, way, mailbox):
        if way.server == "first":
            return self.listener.getsockname()[1]
        if way.server != "canned":
            return self.ports[way]
        if mailbox not in self.ports:
            messages, octets = self.arguments.mailboxes[mailbox]
            self.ports[mailbox] = self.start("canned", str(messages), str(octets))
        return self.ports[mailbox]

    def stop(self):
        for server in self.running:
            server.kill()
            server.wait()


# --- runs ---

def measure_all(arguments, servers, work, way):
    """Costs of each tool. They take turns, so that changes of the machine's speed affect all."""
    wanted = arguments.tools.split() if arguments.tools else work.tools.split()
    costs = {name: [] for name in work.tools.split() if name in wanted and tools.is_there(name)}
    runs = arguments.runs * STARTS if way.server == "first" else arguments.runs
    for turn in range(runs + 1):  # the first turn warms the caches
        for name, so_far in costs.items():
            if FAILED in so_far or sum(cost.wall for cost in so_far) > arguments.budget:
                continue
            cost = measure(arguments, servers, work, way, name)
            if turn == 1 and cost != FAILED:
                so_far.clear()
            so_far.append(cost)
    return costs


def measure(arguments, servers, work, way, name):
    folder = os.path.join(arguments.folder, name)
    os.makedirs(folder, exist_ok=True)
    place = tools.Place(servers.port(way, work.mailbox), way.tls, work.mailbox,
                        arguments.mailboxes[work.mailbox][0], folder, arguments.programs,
                        os.path.join(arguments.folder, "ca.pem"))
    environment = {"PATH": os.environ["PATH"], "HOME": folder, "POP3_PASSWORD": tools.PASSWORD,
                   "FETCHMAILHOME": folder, "LC_ALL": "C.UTF-8"}
    words = tools.command(name, place, work.verb)
    if work.verb == "maildir":
        os.sync()  # do not count the writes of earlier runs
    if way.server == "first":
        listener = servers.listener.fileno()
        watch = [arguments.programs["first"], str(listener), "" if way.tls else "+OK\r\n"]
        return run([*watch, *words], environment, folder, [listener])
    return run([arguments.programs["measure"], *words], environment, folder)


def run(words, environment, folder, descriptors=()):
    reading, writing = os.pipe()
    with open(os.path.join(folder, "log"), "w") as log:
        subprocess.run([words[0], str(writing), *words[1:]], env=environment, cwd=folder,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log,
                       pass_fds=[writing, *descriptors])
    os.close(writing)
    with os.fdopen(reading) as report:
        status, wall, cpu, memory = report.readline().split() or (2, 0, 0, 0)
    return FAILED if int(status) != 0 else Cost(float(wall), float(cpu), int(memory))


# --- the table ---

def median(costs, field):
    return statistics.median(getattr(cost, field) for cost in costs)


def ratio(value, costs, field):
    if not costs or FAILED in costs:
        return ""
    return f"{value / median(costs, field):.2f} ×"


def print_costs(title, costs):
    print(f"\n{title}\n{'':12}{'wall s':>10}{'to floor':>11}{'CPU s':>9}{'to least':>10}"
          f"{'peak MiB':>10}{'runs':>6}")
    for name, runs in costs.items():
        if FAILED in runs:
            print(f"{name:12}{FAILED:>10}")
            continue
        wall, cpu = median(runs, "wall"), median(runs, "cpu")
        print(f"{name:12}{wall:10.4f}{ratio(wall, costs.get('floor'), 'wall'):>11}{cpu:9.4f}"
              f"{ratio(cpu, costs.get('copy', costs.get('floor')), 'cpu'):>10}{median(runs, 'memory') / 1024:10.1f}"
              f"{len(runs):6}")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
