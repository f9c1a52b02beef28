"""The kinds of destination as the trials see them: name, messages, leftover files."""

import os
import re

FROM_LINE = re.compile(rb"From \S+ \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\n")
EARLIER = b"From old Thu Jan  1 00:00:00 1970\nSubject: Earlier\n\nthere before\n\n"


def read(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def read_all(*path):
    folder = os.path.join(*path)
    if not os.path.isdir(folder):
        return []
    return [read(folder, name) for name in sorted(os.listdir(folder)) if name[0] != "."]


def lf(octets):
    return octets.replace(b"\r\n", b"\n")


class Maildir:
    """One file per message in new; tmp is empty when no delivery is in progress."""

    damaged_by_a_crash = False

    def __init__(self, folder):
        self.folder = os.path.join(folder, "mail")
        self.name = f"maildir:{self.folder}"

    def form(self, message):
        return lf(message)

    def contents(self):
        return read_all(self.folder, "new") + read_all(self.folder, "cur")

    def meddle(self):
        """What a mail reader does with new mail while the client is down."""
        if os.path.isdir(f"{self.folder}/cur"):
            for name in os.listdir(f"{self.folder}/new"):
                os.rename(f"{self.folder}/new/{name}", f"{self.folder}/cur/{name}:2,FS")

    def leftovers(self):
        tmp = os.path.join(self.folder, "tmp")
        return os.listdir(tmp) if os.path.isdir(tmp) else []


class NoMeddling:
    """No other program changes this kind of destination."""

    def meddle(self):
        pass


class Mbox(NoMeddling):
    """mboxrd with an older message. A crash may damage its end, which the next run repairs."""

    damaged_by_a_crash = True

    def __init__(self, folder):
        self.folder = os.path.join(folder, "mail")
        self.name = f"mbox:{self.folder}/inbox"
        os.mkdir(self.folder)
        with open(f"{self.folder}/inbox", "wb") as mbox:
            mbox.write(EARLIER)

    def form(self, message):
        return re.sub(rb"(?m)^(>*From )", rb">\1", lf(message)) + b"\n"

    def contents(self):
        text = read(self.folder, "inbox")
        if not text.startswith(EARLIER):
            return [text]
        return split_mbox(text[len(EARLIER):])

    def leftovers(self):
        return [name for name in os.listdir(self.folder) if name != "inbox"]


def split_mbox(text):
    """The messages without their From_ lines; octets before the first one count as a message."""
    parts = re.split(rb"(?m)^(From .*\n)", text)
    strange = [line for line in parts[1::2] if not FROM_LINE.fullmatch(line)]
    return parts[2::2] + strange + [part for part in parts[:1] if part]


class Dir(NoMeddling):
    """One .eml file per message, with the octets as received."""

    damaged_by_a_crash = False

    def __init__(self, folder):
        self.folder = os.path.join(folder, "mail")
        self.name = f"dir:{self.folder}"

    def form(self, message):
        return message

    def contents(self):
        return read_all(self.folder)

    def leftovers(self):
        names = os.listdir(self.folder) if os.path.isdir(self.folder) else []
        return [name for name in names if not re.fullmatch(r"[^.].*\.eml", name)]


class Pipe(NoMeddling):
    """A command that stores each message, and then creates a file that shows that it is whole. The
    client is not to blame for the others."""

    damaged_by_a_crash = False
    COMMAND = 'f=$$.$POP3_NUMBER && cat >{0}/message/$f && : >{0}/whole/$f'

    def __init__(self, folder):
        self.folder = os.path.join(folder, "mail")
        os.makedirs(f"{self.folder}/message")
        os.mkdir(f"{self.folder}/whole")
        self.name = "pipe:" + self.COMMAND.format(self.folder)

    form = Dir.form

    def contents(self):
        return [read(self.folder, "message", name)
                for name in sorted(os.listdir(f"{self.folder}/whole"))]

    def leftovers(self):
        return []


KINDS = {"maildir": Maildir, "mbox": Mbox, "dir": Dir, "pipe": Pipe}
