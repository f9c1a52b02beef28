"""The messages of the trials: each is there for what could go wrong with it."""

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


def known():
    """Fetched by an earlier run, and left on the server."""
    return {f"uid-k{i}": HEADER % b"Known" + b"%d\r\n" % i for i in range(3)}


def dozen(large=0):
    """What is to be fetched: UID → octets. One of them is longer by so many."""
    result = {}
    for i, (subject, body) in enumerate(BODIES.items(), 1):
        more = LINE * (large // len(LINE)) if subject == b"Plain" else b""
        result[f"uid-{i}"] = HEADER % subject + body + more
    return result


def late():
    """One more, which comes when the client is down."""
    return {"uid-late": HEADER % b"Late" + b"late\r\n"}
