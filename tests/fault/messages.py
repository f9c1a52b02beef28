"""The messages of the trials: each is there for what could go wrong with it."""

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
    """UID → octets: fetched by an earlier run and left on the server, to be fetched, and what
    comes when the client is down."""

    known: dict
    fresh: dict
    late: dict
    to_stdout: str  # the one that is fetched to stdout


def made(large=0, known=True):
    """One of each body. One of them is longer by so many octets."""
    fresh = {}
    for i, (subject, body) in enumerate(BODIES.items(), 1):
        more = LINE * (large // len(LINE)) if subject == b"Plain" else b""
        fresh[f"uid-{i}"] = HEADER % subject + body + more
    before = {f"uid-k{i}": HEADER % b"Known" + b"%d\r\n" % i for i in range(3)}
    return Mail(before if known else {}, fresh, {"uid-late": HEADER % b"Late" + b"late\r\n"},
                "uid-8")


# A few, for recording a server: each octet of the session can then be broken.
FEW = [HEADER % b"Known" + b"known\r\n"] + [
    HEADER % subject + BODIES[subject] for subject in (b"Dots", b"No body", b"From lines")] + [
    HEADER % b"Late" + b"late\r\n"]


def recorded(recording):
    """The same few as the recorded server sends them."""
    mail = recording.mail()
    known, *fresh, late = mail
    return Mail({known: mail[known]}, {uid: mail[uid] for uid in fresh}, {late: mail[late]},
                fresh[0])
