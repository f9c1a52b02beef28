"""How each tool does each work: its arguments and configuration files."""

import itertools
import os
import shlex
import shutil

HOST = "127.0.0.1"
PASSWORD = "secret"
SERIAL = itertools.count(1)
ORDINARY_USER = "nobody"  # getmail refuses to deliver as root


class Place:
    """Where a tool does a work: a server's port, a user with N messages, a directory."""

    def __init__(self, port, tls, user, messages, folder, programs, ca):
        self.port, self.tls, self.user, self.messages = port, tls, user, messages
        self.folder, self.programs, self.ca = folder, programs, ca
        # A new one each time, and none removed before the end: ext4 creates files ten times more
        # slowly where others were removed in the last few seconds.
        self.maildir = os.path.join(folder, f"Maildir.{next(SERIAL)}")

    def make_maildir(self, user=None):
        for folder in ["", "tmp", "new", "cur"]:
            path = os.path.join(self.maildir, folder)
            os.makedirs(path, exist_ok=True)
            if user and os.geteuid() == 0:
                shutil.chown(path, user)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
        return path


# --- the floor: everything sent at once, every answer discarded ---

REPLAYED = {"stat": ["STAT"], "list": ["LIST"], "top": ["TOP # 0"], "filter": ["TOP # 0"],
            "fetch": ["RETR #"]}


def floor(place, verb, *options):
    tls = ["--tls"] if place.tls else []
    last = [str(place.messages)] if "#" in REPLAYED[verb][0] else []
    return [place.programs["replay"], *options, *tls, str(place.port), place.user, PASSWORD,
            *REPLAYED[verb], *last]


def copy(place, verb):
    return floor(place, verb, "--copy")


# --- pop3 ---

OURS = {
    "stat": ["stat"],
    "list": ["list"],
    "top": ["headers", "all"],
    "filter": ["list", "all", "--match", "subject~of no message"],
    "batch": ["batch"],
    "fetch": ["fetch", "all", "-o", "mbox:-"],
    "maildir": ["fetch", "all", "-o"],
}


LINES = [line for i in range(1, 26)
         for line in ["stat", f"list {i % 10 + 1}", f"headers {i % 10 + 1}", "uidl last:3"]]


def account(place):
    trust = ["--ca-file", place.ca] if place.tls else ["--tls", "off"]
    return ["-s", f"{HOST}:{place.port}", "-u", place.user, *trust]


def pop3(place, verb):
    last = {"maildir": ["maildir:" + place.maildir],
            "batch": [place.write("lines", "\n".join(LINES))]}.get(verb, [])
    return [place.programs["pop3"], *OURS[verb], *last, *account(place)]


def one_by_one(place, verb):
    """The lines of the batch, each in its own session."""
    program = shlex.join([place.programs["pop3"], *account(place)])
    return ["sh", "-c", "\n".join(f"{program} {line}" for line in LINES)]


# --- other clients ---

def mpop(place, verb, pipelining="auto"):
    delivery = f"maildir {place.maildir}" if verb == "maildir" else "mbox /dev/null"
    place.make_maildir()
    trust = f"tls on\ntls_starttls off\ntls_trust_file {place.ca}\n" if place.tls else "tls off\n"
    path = place.write("mpoprc", f"""account default
host {HOST}
port {place.port}
user {place.user}
password {PASSWORD}
auth user
{trust}delivery {delivery}
uidls_file {place.folder}/uidls
keep on
only_new off
pipelining {pipelining}
""")
    return ["mpop", "-C", path, *(["--status-only"] if verb == "stat" else ["-Q"])]


def mpop_without_pipelining(place, verb):
    return mpop(place, verb, "off")


def curl(place, verb):
    scheme = "pop3s" if place.tls else "pop3"
    what = f"[1-{place.messages}]" if verb == "fetch" else ""
    wanted = {"stat": ["-X", "STAT", "-I"], "list": [], "fetch": []}[verb]
    return ["curl", "-s", "--cacert", place.ca, "-u", f"{place.user}:{PASSWORD}", *wanted,
            f"{scheme}://{HOST}:{place.port}/{what}"]


def fdm(place, verb):
    action = f'maildir "{place.maildir}"' if verb == "maildir" else "drop"
    kind = "pop3s" if place.tls else "pop3"
    path = place.write("fdm.conf", f"""set maximum-size 1G
set default-user "root"
set lock-file "{place.folder}/fdm.lock"
account "a" {kind} server "{HOST}" port {place.port} user "{place.user}" pass "{PASSWORD}" \
{"no-verify" if place.tls else "no-apop"}
action "a" {action}
match all action "a"
""")
    return ["fdm", "-q", "-k", "-f", path, "fetch"]


def fetchmail(place, verb):
    trust = (f'ssl sslcertck sslcertfile "{place.ca}" sslcommonname localhost'
             if place.tls else "sslproto ''")
    path = place.write("fetchmailrc", f"""set no syslog
set pidfile "{place.folder}/fetchmail.pid"
set idfile "{place.folder}/fetchids"
poll localhost via {HOST} service {place.port} proto POP3 no uidl
  user "{place.user}" password "{PASSWORD}" {trust} keep fetchall bsmtp /dev/null
""")
    return ["fetchmail", "--nodetach", "-s", "-f", path, *(["--check"] if verb == "stat" else [])]


def getmail(place, verb):
    place.make_maildir(ORDINARY_USER)
    kind = "SimplePOP3SSLRetriever" if place.tls else "SimplePOP3Retriever"
    place.write("getmailrc", f"""[retriever]
type = {kind}
server = {HOST}
port = {place.port}
username = {place.user}
password = {PASSWORD}
[destination]
type = Maildir
path = {place.maildir}/
user = {ORDINARY_USER if os.geteuid() == 0 else ""}
[options]
read_all = true
delete = false
verbose = 0
delivered_to = false
received = false
""")
    return ["getmail", "-g", place.folder, "-r", "getmailrc"]


def poplib(place, verb):
    client = os.path.join(os.path.dirname(__file__), "poplib_client.py")
    return [client, verb, str(place.port), place.user, PASSWORD, place.ca if place.tls else "",
            str(place.messages)]


TOOLS = {
    "floor": (floor, None),
    "copy": (copy, None),
    "pop3": (pop3, None),
    "singly": (one_by_one, None),
    "mpop": (mpop, "mpop"),
    "mpop-": (mpop_without_pipelining, "mpop"),
    "curl": (curl, "curl"),
    "fdm": (fdm, "fdm"),
    "fetchmail": (fetchmail, "fetchmail"),
    "getmail": (getmail, "getmail"),
    "poplib": (poplib, "python3"),
}


def is_there(name):
    program = TOOLS[name][1]
    return program is None or shutil.which(program) is not None


def command(name, place, verb):
    return TOOLS[name][0](place, verb)
