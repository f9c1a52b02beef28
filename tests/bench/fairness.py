#!/usr/bin/python3 -SB
"""Measure how fast pop3 serve answers while other clients keep it busy: called by make bench.

The load consists of 10,000 clients that never log in, 64 threads that try wrong passwords from two
addresses, a client that keeps listing 100,000 messages, and two mailboxes whose sizes are not known
yet. All clients use loopback addresses in 127.0.0.0/8, and stop with the program.
"""

import argparse
import contextlib
import os
import resource
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import processes

SAMPLES = 20
GUESSERS = 64
LIMITS = {"first login of another address": 1.0, "login of a known user": 0.05,
          "management: METRICS": 0.1, "management: PEEP, with its login": 0.1}


def main():
    parser = argparse.ArgumentParser(prog="fairness.py")
    parser.add_argument("--quick", action="store_true", help="a tenth of the load")
    parser.add_argument("--pop3", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--only", action="append", help="works whose title contains this")
    arguments, _ = parser.parse_known_args()  # the options are shared with run.py
    if not any(word in "fairness" for word in arguments.only or [""]):
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # runs the exit stack
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    share = 10 if arguments.quick else 1
    with tempfile.TemporaryDirectory(prefix="bench.") as folder, contextlib.ExitStack() as stack:
        make_mailboxes(folder, 100000 // share)
        ports = start_serve(folder, arguments.pop3, stack)
        load(ports, stack, 10000 // share)
        time.sleep(2)
        known_login(ports, 0)
        print("\npop3 serve under load from other clients: seconds, median and worst")
        for title, limit in LIMITS.items():
            seconds = [sample(title, ports, number) for number in range(SAMPLES)]
            print(f"{title:36} {statistics.median(seconds):8.4f} {max(seconds):8.4f}"
                  f"   (limit: {limit})")


# --- the server ---

def make_mailboxes(folder, messages):
    for user in ["big", "unmeasured1", "unmeasured2"]:
        for inner in ["tmp", "new", "cur"]:
            os.makedirs(os.path.join(folder, "mail", user, inner))
    cur = os.path.join(folder, "mail", "big", "cur")
    for number in range(messages):
        with open(os.path.join(cur, f"{1700000000 + number}.bench,W=8:2,"), "w") as file:
            file.write("a\nb c\n")
    for user in ["unmeasured1", "unmeasured2"]:
        path = os.path.join(folder, "mail", user, "cur", "1.bench")
        with open(path, "w") as file:
            file.truncate(64 << 30)  # sparse: takes long to read but needs no space


def start_serve(folder, pop3, stack):
    users = os.path.join(folder, "users")
    words = [pop3, "serve", "--users", users, "--maildir-root", os.path.join(folder, "mail")]
    subprocess.run([*words, "--add-user", "big"], input="secret\n", text=True, check=True)
    with open(users) as file:
        _, digest = file.read().strip().split(":", 1)
    names = ["unmeasured1", "unmeasured2", "known", *(f"new{n}" for n in range(SAMPLES))]
    with open(users, "a") as file:
        file.writelines(f"{name}:{digest}\n" for name in names)
    words += ["--listen", "127.0.0.1:0", "--spscmp", "127.0.0.1:0", "--peep", "127.0.0.1:0",
              "--max-connections", "20000", "--max-per-address", "20000"]
    log = stack.enter_context(open(os.path.join(folder, "log"), "w"))
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=log, text=True,
                               env={**os.environ, "POP3_SERVE_SECRET": "secret"})
    stack.callback(processes.stop, process)
    lines = [process.stdout.readline().split("\t") for _ in range(3)]
    return {protocol: int(port) for protocol, _, port in lines}


# --- the load ---

def connect(port, source):
    return socket.create_connection(("127.0.0.1", port), 60, (source, 0))


def answers(peer, count):
    octets = b""
    while octets.count(b"\n") < count:
        more = peer.recv(65536)
        if not more:
            raise ConnectionError(f"closed after {octets!r}")
        octets += more
    return octets


def load(ports, stack, clients):
    """Start the load in separate processes, so that it does not delay the measurements."""
    for act, arguments in [(stay, [clients]), (guess, ["127.0.0.2"]), (guess, ["127.0.0.3"]),
                           (hammer, []), (open_unmeasured, [])]:
        pid = os.fork()
        if pid == 0:
            try:
                act(ports["pop3"], *arguments)
            finally:
                os._exit(0)
        stack.callback(os.waitpid, pid, 0)
        stack.callback(os.kill, pid, signal.SIGKILL)


def stay(port, clients):
    held = []
    for number in range(clients):
        with contextlib.suppress(OSError):
            held.append(connect(port, f"127.0.1.{1 + number % 20}"))
    signal.pause()


def guess(port, source):
    def guess_on():
        while True:
            with contextlib.suppress(OSError), connect(port, source) as peer:
                peer.sendall(b"USER big\r\nPASS wrong\r\n")
                answers(peer, 3)
    for _ in range(GUESSERS // 2 - 1):
        threading.Thread(target=guess_on, daemon=True).start()
    guess_on()


def hammer(port):
    while True:
        with contextlib.suppress(OSError), connect(port, "127.0.0.4") as peer:
            peer.sendall(b"USER big\r\nPASS secret\r\n")
            answers(peer, 3)
            while True:
                peer.sendall(b"RSET\r\nSTAT\r\n" * 2000 + b"LIST\r\nUIDL\r\n")
                for _ in range(20):
                    peer.recv(1 << 20)


def open_unmeasured(port):
    held = []
    for number in [1, 2]:
        held.append(connect(port, f"127.0.0.{4 + number}"))
        held[-1].sendall(b"USER unmeasured%d\r\nPASS secret\r\n" % number)
    signal.pause()


# --- measurements ---

def sample(title, ports, number):
    act = {"first": first_login, "login": known_login, "management: M": metrics,
           "management: P": peep}
    start = time.monotonic()
    next(f for prefix, f in act.items() if title.startswith(prefix))(ports, number)
    return time.monotonic() - start


def log_in(port, user):
    with connect(port, "127.0.0.9") as peer:
        peer.sendall(b"USER %s\r\nPASS secret\r\nQUIT\r\n" % user)
        assert answers(peer, 4).split(b"\n")[2].startswith(b"+OK"), user


def first_login(ports, number):
    log_in(ports["pop3"], b"new%d" % number)


def known_login(ports, _number):
    log_in(ports["pop3"], b"known")


def metrics(ports, _number):
    with connect(ports["spscmp"], "127.0.0.9") as peer:
        peer.sendall(b"secret METRICS\r\n")
        answers(peer, 5)


def peep(ports, _number):
    with connect(ports["peep"], "127.0.0.9") as peer:
        peer.sendall(b"a root secret\r\nc?\r\nq\r\n")
        answers(peer, 3)


if __name__ == "__main__":
    main()
