"""The messages of the trials, each chosen for something that could go wrong with it."""

from dataclasses import dataclass

HEADER = b"From: ann@example.org\r\nSubject: %s\r\n\r\n"

BODIES = {
    b"Plain": b"Hello.\r\n",
    b"No body": b"",
    b"Dots": b".\r\n..\r\n.stuffed\r\n. \r\n",
    b"LF dot LF": b"before\n.\nafter\n.\n\r\n",
    b"CR dot CR": b"before\r.\rafter\r\r\n",
    b"From lines": b"From ann\r\n>From bob\r\nFrom\r\nFrom \r\n",
    b"Forged": b"+OK\r\n-ERR no such message\r\n+OK 3 octets\r\n",
    b"Every octet": bytes(range(256)) + b"\r\n",
    b"Empty lines": b"\r\n\r\n\r\n",
    b"Long line": b"x" * 400 + b"\r\n",
    b"Twin": b"the same\r\n",
    b"Not quite a twin": b"the same\r\n",
}
LINE = b"0123456789abcdef" * 4 + b"\r\n"


@dataclass
class Mail:
    """UID → octets of the messages that an earlier run fetched and left on the server, of those to
    be fetched, and of those that arrive between two runs."""

    known: dict
    fresh: dict
    late: dict
    to_stdout: str  # UID of the message that is fetched to stdout


def made(large=0, known=True):
    """One message of each body; `large` octets are added to one of them."""
    fresh = {}
    for i, (subject, body) in enumerate(BODIES.items(), 1):
        more = LINE * (large // len(LINE)) if subject == b"Plain" else b""
        fresh[f"uid-{i}"] = HEADER % subject + body + more
    before = {f"uid-k{i}": HEADER % b"Known" + b"%d\r\n" % i for i in range(3)}
    return Mail(before if known else {}, fresh, {"uid-late": HEADER % b"Late" + b"late\r\n"},
                "uid-8")


# Few enough that each octet of a recorded session can be broken.
FEW = [HEADER % b"Known" + b"known\r\n"] + [
    HEADER % subject + BODIES[subject] for subject in (b"Dots", b"No body", b"From lines")] + [
    HEADER % b"Late" + b"late\r\n"]


def recorded(recording):
    """The messages of FEW as the recorded server sends them."""
    mail = recording.mail()
    known, *fresh, late = mail
    return Mail({known: mail[known]}, {uid: mail[uid] for uid in fresh}, {late: mail[late]},
                fresh[0])
