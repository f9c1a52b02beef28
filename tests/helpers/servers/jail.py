"""Runs a POP3 server in its own root directory, with one user and a mailbox. Needs root."""

import contextlib
import glob
import os
import shutil
import socket
import subprocess
import sys

from packages import LIBRARIES, unpacked

USER, PASSWORD = "ann", "secret"
USER_ID = 11110
POSTMARK = b"From ann@example.org Mon Jan  2 03:04:05 2023\n"
# Passwords come from /etc/shadow; the account itself is not checked.
PAM = {"auth": "pam_unix.so", "account": "pam_permit.so", "session": "pam_permit.so",
       "password": "pam_permit.so"}
MODULES = [f"{LIBRARIES}/security/{module}" for module in {*PAM.values()}]
PASSWORD_CHECKER = "/usr/sbin/unix_chkpwd"  # since 1.6, PAM runs it even as root


def give_up(reason):
    print("cannot:", reason, flush=True)
    sys.exit(1)


class Jail:
    """FOLDER contains messages/*.eml and server.pem; root/ is created from the packages."""

    def __init__(self, name, packages, programs):
        self.folder = os.path.realpath(sys.argv[1])
        self.root = os.path.join(self.folder, "root")
        self.log = open(os.path.join(self.folder, "log"), "ab")
        if os.geteuid() != 0:
            give_up("only root can run it in its own root directory")
        try:
            programs = [*programs, *MODULES, PASSWORD_CHECKER]
            shutil.copytree(unpacked(name, packages, programs), self.root, symlinks=True)
            self.make_system()
        except (OSError, subprocess.SubprocessError) as why:
            give_up(why)
        os.setsid()

    def make_system(self):
        for folder in ["dev", f"home/{USER}", "run", "tmp", "var/mail", "var/spool"]:
            self.make_folder(folder)
        for folder in ["tmp", "var/mail"]:
            os.chmod(self.path(folder), 0o1777)
        for device in ["null", "urandom"]:
            os.mknod(self.path(f"dev/{device}"), 0o20666, os.stat(f"/dev/{device}").st_rdev)
            os.chmod(self.path(f"dev/{device}"), 0o666)
        for purpose, module in PAM.items():
            self.write(f"etc/pam.d/common-{purpose}", f"{purpose} required {module}\n")
        self.add_account("root", 0, "/")
        self.add_account("nobody", 65534, "/")
        self.add_account(USER, USER_ID, f"/home/{USER}", password_hash())
        self.give(f"home/{USER}")

    def add_account(self, name, number, home, password="*"):
        self.append("etc/passwd", f"{name}:x:{number}:{number}::{home}:/bin/sh\n")
        self.append("etc/group", f"{name}:x:{number}:\n")
        self.append("etc/shadow", f"{name}:{password}:19000:0:99999:7:::\n")

    def path(self, path):
        return os.path.join(self.root, path)

    def make_folder(self, path):
        os.makedirs(self.path(path), exist_ok=True)

    def append(self, path, text):
        self.make_folder(os.path.dirname(path))
        with open(self.path(path), "a") as file:
            file.write(text)

    def write(self, path, text):
        """Replace a file of the package."""
        with contextlib.suppress(FileNotFoundError):
            os.remove(self.path(path))
        self.append(path, text)

    def give(self, path, user=USER_ID):
        """Give the user a file, or a directory with its contents."""
        os.chown(self.path(path), user, user)
        for folder, folders, files in os.walk(self.path(path)):
            for name in folders + files:
                os.chown(os.path.join(folder, name), user, user)

    def give_certificate(self, path, user=0):
        """Write key and certificate to one file."""
        for name in ["server.key", "server.pem"]:
            with open(os.path.join(self.folder, name)) as part:
                self.append(path, part.read())
        self.give(path, user)
        os.chmod(self.path(path), 0o600)

    # --- mail ---

    def messages(self):
        for path in sorted(glob.glob(os.path.join(self.folder, "messages", "*.eml"))):
            with open(path, "rb") as file:
                yield file.read()

    def make_mbox(self, path):
        with open(self.path(path), "wb") as mbox:
            for message in self.messages():
                text = message.replace(b"\r\n", b"\n")
                mbox.write(POSTMARK + text + (b"\n" if text.endswith(b"\n") else b"\n\n"))
        self.give(path)
        os.chmod(self.path(path), 0o600)

    def make_maildir(self, path):
        for folder in ["tmp", "new", "cur"]:
            os.makedirs(self.path(f"{path}/{folder}"))
        for number, message in enumerate(self.messages(), 1700000001):
            with open(self.path(f"{path}/new/{number}.M1P1.test"), "wb") as file:
                file.write(message)
        self.give(path)

    # --- processes ---

    def start(self, words, **settings):
        return subprocess.Popen(words, cwd=self.root, preexec_fn=lambda: os.chroot("."),
                                stderr=self.log, **settings)

    def run(self, words, text=""):
        process = self.start(words, stdin=subprocess.PIPE, stdout=self.log)
        process.communicate(text.encode())
        if process.returncode != 0:
            give_up(f"{words[0]} failed")

    def serve(self, words, **settings):
        """Start one process per connection, as inetd does."""
        listener = listen()
        print_port(listener)
        while True:
            connection, _ = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with connection:
                self.start(words, stdin=connection, stdout=connection, **settings)


def listen():
    return socket.create_server(("127.0.0.1", 0))


def print_port(listener):
    """Clients may connect from now on."""
    print(listener.getsockname()[1], flush=True)


def password_hash():
    return subprocess.run(["openssl", "passwd", "-6", PASSWORD], check=True, capture_output=True,
                          text=True).stdout.strip()
