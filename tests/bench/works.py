"""What is measured: which work, on which mailbox, over which connection, by which tools."""

from collections import namedtuple

Work = namedtuple("Work", "title verb mailbox ways tools")
Way = namedtuple("Way", "server tls far")

CLEAR = Way("dovecot", False, False)
TLS = Way("dovecot", True, False)
FAR = Way("dovecot", False, True)
FAR_TLS = Way("dovecot", True, True)
FAST = Way("canned", False, False)
START = Way("first", False, False)  # measured up to the first octet only
START_TLS = Way("first", True, False)

# Messages and octets of the canned server, where they differ from the mailbox's.
CANNED = {"crowd": (100000, 4096)}

FETCHERS = "floor copy pop3 mpop curl fdm fetchmail poplib"
FETCHERS_FAR = "floor pop3 mpop"

WORKS = [
    Work("start to the first octet", "stat", "few", [START, START_TLS],
         "floor pop3 mpop curl fetchmail"),
    Work("stat, one shot", "stat", "few", [CLEAR, TLS, FAR, FAR_TLS],
         "floor pop3 mpop curl fetchmail poplib"),
    Work("list of 100,000", "list", "crowd", [FAST], "floor pop3 curl poplib"),
    Work("headers (TOP n 0)", "top", "small", [CLEAR, FAST], "floor pop3 poplib"),
    Work("filter by a header", "filter", "small", [FAR], "floor pop3"),
    Work("100 subcommands", "batch", "few", [FAR, FAR_TLS], "pop3 singly"),
    Work("fetch to nothing", "fetch", "small", [CLEAR, TLS, FAST], FETCHERS),
    Work("fetch to nothing", "fetch", "small", [FAR, FAR_TLS], FETCHERS_FAR),
    Work("fetch to nothing", "fetch", "few", [FAR, FAR_TLS], FETCHERS),
    Work("fetch to nothing", "fetch", "medium", [CLEAR, TLS, FAST], FETCHERS),
    Work("fetch to nothing", "fetch", "medium", [FAR], FETCHERS_FAR),
    Work("fetch to nothing", "fetch", "large", [CLEAR, TLS, FAST], FETCHERS),
    Work("fetch to nothing", "fetch", "huge", [CLEAR, TLS, FAST], "floor copy pop3 mpop curl"),
    Work("fetch to a synced Maildir", "maildir", "small", [CLEAR, TLS, FAST],
         "pop3 mpop mpop- fdm getmail"),
    Work("fetch to a synced Maildir", "maildir", "few", [FAR_TLS], "pop3 mpop mpop- fdm getmail"),
    Work("fetch to a synced Maildir", "maildir", "large", [CLEAR], "pop3 mpop"),
]


def way_name(way):
    words = [way.server if way.server == "canned" else "", "TLS" if way.tls else "clear",
             "50 ms" if way.far else ""]
    return ", ".join(word for word in words if word)
