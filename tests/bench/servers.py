#!/usr/bin/python3 -SB
"""Compare pop3 serve with Dovecot, over the same Maildirs: called by make bench.

They take turns under the same load from the same machine, for some seconds each. The cost of a
server is that of all its processes; shared memory counts once.
"""

import argparse
import contextlib
import hashlib
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import namedtuple

import processes

HERE = os.path.dirname(os.path.abspath(__file__))
HELPERS = os.path.join(HERE, "../helpers")
USERS = 100
ORDINARY_USER = "nobody"
DOVECOT_SETTINGS = ["auth_mechanisms = plain", f"default_process_limit = {4 * USERS}",
                    f"default_client_limit = {40 * USERS}"]
SAMPLE_SECONDS = 0.25
STALL_SECONDS = 120  # allowed in addition to the time of a run

Mailbox = namedtuple("Mailbox", "messages octets")
Work = namedtuple("Work", "title command messages unit")
Server = namedtuple("Server", "name pid ports")
Cost = namedtuple("Cost", "rate cpu memory")


def works(mailbox):
    return [Work("sessions (login, STAT, QUIT)", "STAT", 1, "sessions"),
            Work(f"RETR of {mailbox.messages} × {mailbox.octets} octets", "RETR #",
                 mailbox.messages, "MiB")]


def main():
    arguments = parse()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # runs the exit stack
    mailbox = Mailbox(20, 10240 if arguments.quick else 102400)
    with tempfile.TemporaryDirectory(prefix="bench.") as folder, contextlib.ExitStack() as stack:
        os.chmod(folder, 0o755)
        make_mailboxes(folder, mailbox)
        servers = [start_dovecot(folder, stack), start_serve(folder, arguments.pop3, stack)]
        for work in works(mailbox):
            for tls in [False, True]:
                for clients in [1, USERS]:
                    title = f"{work.title}, {'TLS' if tls else 'clear'}, {clients} at once"
                    if any(word in title for word in arguments.only):
                        costs = measure_all(arguments, servers, work, tls, clients)
                        print_costs(title, work, costs)


def parse():
    parser = argparse.ArgumentParser(prog="servers.py")
    parser.add_argument("--quick", action="store_true", help="use messages of a tenth of the size")
    parser.add_argument("--runs", type=int, default=5, help="runs per server (5)")
    parser.add_argument("--seconds", type=float, default=2, help="seconds per run (2)")
    parser.add_argument("--only", action="append", help="works whose title contains this")
    for name in ["pop3", "programs"]:
        parser.add_argument(f"--{name}", required=True, help=argparse.SUPPRESS)
    arguments, _ = parser.parse_known_args()  # the options are shared with run.py
    arguments.only = arguments.only or [""]
    return arguments


# --- the mailboxes and the servers ---

def make_mailboxes(folder, mailbox):
    """Give all users the same messages, stored once on the disk."""
    first = make_maildir(folder, 1)
    subprocess.run([os.path.join(HERE, "fill.py"), first, *map(str, mailbox)], check=True)
    names = os.listdir(os.path.join(first, "new"))
    for number in range(2, USERS + 1):
        maildir = make_maildir(folder, number)
        for name in names:
            os.link(os.path.join(first, "new", name), os.path.join(maildir, "new", name))
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", ORDINARY_USER, os.path.join(folder, "mail")], check=True)


def make_maildir(folder, number):
    path = os.path.join(folder, "mail", f"user{number}")
    for inner in ["tmp", "new", "cur"]:
        os.makedirs(os.path.join(path, inner))
    return path


def start(name, words, folder, stack, ports_of):
    log = stack.enter_context(open(os.path.join(folder, f"{name}.log"), "w"))
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=log, text=True)
    stack.callback(processes.stop, process)
    return Server(name, process.pid, ports_of(process.stdout))


def start_dovecot(folder, stack):
    inside = os.path.join(folder, "dovecot")
    os.mkdir(inside)
    subprocess.run([os.path.join(HELPERS, "certificates"), os.path.join(folder, "certificates")],
                   check=True)
    for suffix in ["pem", "key"]:
        shutil.copy(f"{folder}/certificates/good.{suffix}", f"{inside}/server.{suffix}")
    with open(os.path.join(inside, "users"), "w") as users:
        for number in range(1, USERS + 1):
            digest = hashlib.sha256(f"user{number}".encode()).hexdigest()
            users.write(f"{digest}:{{PLAIN}}secret::::{folder}/mail/user{number}::\n")
    words = [os.path.join(HELPERS, "dovecot-server"), inside, *DOVECOT_SETTINGS]
    return start("dovecot", words, folder, stack, lambda out: out.readline().split())


def start_serve(folder, pop3, stack):
    users = os.path.join(folder, "users")
    words = [pop3, "serve", "--users", users, "--maildir-root", os.path.join(folder, "mail")]
    subprocess.run([*words, "--add-user", "user1"], input="secret\n", text=True, check=True)
    with open(users, "r+") as file:
        _, digest = file.read().strip().split(":", 1)
        file.writelines(f"user{number}:{digest}\n" for number in range(2, USERS + 1))
    words += ["--listen", "127.0.0.1:0", "--listen-tls", "127.0.0.1:0",
              "--max-per-address", str(2 * USERS),
              "--cert", f"{folder}/dovecot/server.pem", "--key", f"{folder}/dovecot/server.key"]
    return start("pop3 serve", words, folder, stack,
                 lambda out: [out.readline().split("\t")[2].strip() for _ in range(2)])


# --- runs ---

def measure_all(arguments, servers, work, tls, clients):
    """Costs of each server. They take turns, so that changes of the machine's speed affect both."""
    costs = {server.name: [] for server in servers}
    for turn in range(arguments.runs + 1):  # the first turn warms the caches
        for server in servers:
            cost = measure(arguments, server, work, tls, clients)
            if turn > 0:
                costs[server.name].append(cost)
    return costs


def measure(arguments, server, work, tls, clients):
    words = [os.path.join(arguments.programs, "load"), *(["--tls"] if tls else []),
             server.ports[tls], str(clients), str(arguments.seconds), work.command,
             str(work.messages)]
    before = processes.cpu_seconds(server.pid)
    with peak_memory(server.pid) as memory:
        done = subprocess.run(words, stdout=subprocess.PIPE, text=True,
                              timeout=arguments.seconds + STALL_SECONDS)
    if done.returncode != 0:
        sys.exit(f"{server.name} failed")
    cpu = processes.cpu_seconds(server.pid) - before
    sessions, octets, seconds = map(float, done.stdout.split())
    amount = sessions if work.unit == "sessions" else octets / 1048576
    return Cost(amount / seconds, cpu / max(amount, 1), max(memory))


@contextlib.contextmanager
def peak_memory(pid):
    samples, ended = [processes.memory(pid)], threading.Event()

    def sample():
        while not ended.wait(SAMPLE_SECONDS):
            samples.append(processes.memory(pid))

    sampler = threading.Thread(target=sample)
    sampler.start()
    try:
        yield samples
    finally:
        ended.set()
        sampler.join()


# --- the table ---

def print_costs(title, work, costs):
    print(f"\n{title}\n{'':12}{work.unit + '/s':>12}{'to Dovecot':>12}{'CPU ms each':>13}"
          f"{'to Dovecot':>12}{'peak MiB':>10}{'runs':>6}")
    peer = medians(costs["dovecot"])
    for name, runs in costs.items():
        cost = medians(runs)
        print(f"{name:12}{cost.rate:12.1f}{cost.rate / peer.rate:10.2f} ×{cost.cpu * 1000:13.3f}"
              f"{cost.cpu / peer.cpu:10.2f} ×{cost.memory / 1024:10.1f}{len(runs):6}")
    sys.stdout.flush()


def medians(costs):
    return Cost(*(statistics.median(values) for values in zip(*costs)))


if __name__ == "__main__":
    main()
