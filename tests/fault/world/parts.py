"""The parts of a world: plain data that other modules draw, shrink, describe and play."""

from dataclasses import dataclass, field

@dataclass
class Message:
    key: int  # no other message of the world has it
    uid: str
    text: bytes
    subject: str = ""  # as a person reads it
    refused: bool = False  # RETR of it fails for good
    undotted: bool = False  # the dot that it begins with is not stuffed; it is refused, too


@dataclass
class Traits:
    """The server's traits, fixed for one world. The defaults are those of an ordinary server."""

    pipelining: str = "good"  # none, good, late dot, ignores, twice, ok then err
    uidl: bool = True
    top: bool = True
    expires: bool = False  # what was sent whole is deleted at QUIT
    sizes: str = "exact"  # exact, lf, small, huge
    one: str = "good"  # answer to LIST n and UIDL n: good, whole, other, bare
    lines: str = "usual"  # of lists and status lines: usual, blanks, words
    greedy: bool = False  # TOP sends the whole message
    loses: bool = False  # commands that are sent behind a login before its answer


@dataclass
class Stream:
    """One cursor of an account, and where its messages go."""

    cursor: str
    destination: int


@dataclass
class Account:
    name: str
    mailbox: str
    streams: list
    home: str = "home"  # whose state it uses


@dataclass
class Place:
    """A destination of one of the kinds of destinations.py."""

    kind: str


# --- commands ---

@dataclass
class Fetch:
    account: int
    stream: int = 0
    selection: str = "new"
    delete: bool = False
    delete_after: int = 0  # days
    max_size: int = 0
    match: str = ""
    peek: bool = False


@dataclass
class Dele:
    account: int
    selection: str = "all"
    match: str = ""


@dataclass
class Look:
    """A command that changes nothing."""

    account: int
    verb: str = "headers"
    selection: str = "all"


@dataclass
class Word:
    """A batch line that is not a subcommand: rset, noop, abort."""

    word: str


@dataclass
class Batch:
    account: int
    lines: list = field(default_factory=list)


# --- what befalls a run ---

@dataclass
class Incident:
    """The server does something else than answer, at the nth command of that name in a run.

    At each of them, where that is 0.
    """

    what: str  # cut, reset, refuse, hang up
    verb: str
    nth: int = 1
    text: str = ""  # the refusal
    place: float = 0  # how much of the answer is sent before the cut
    commits: bool = False  # QUIT takes effect, although the client does not learn it


@dataclass
class Fault:
    """A fault before the client's nth call that changes anything."""

    what: str  # kill, power, full, pause
    call: int
    error: str = "ENOSPC"
    survives: str = "nothing"  # of what was not synced: nothing, names, contents


@dataclass
class Run:
    command: object
    fault: Fault = None
    incidents: list = field(default_factory=list)
    meanwhile: "Run" = None  # runs while this one is paused
    day: int = 0  # what the clock says, in days from the first run
    consumer: int = 0  # exit status of a pipe's command
    away: int = -1  # the destination that is not there


# --- what others do between the runs ---

@dataclass
class Arrive:
    mailbox: str
    message: Message
    place: int = 1000  # in the mailbox, or at its end


@dataclass
class Remove:
    """Another client deletes a message."""

    mailbox: str
    nth: int


@dataclass
class Renumber:
    """The server gives all messages other UIDs."""

    mailbox: str


@dataclass
class Meddle:
    """A mail reader moves new messages in a Maildir; another program changes an mbox."""

    destination: int
    how: str = "append"  # to an mbox: append, or rewrite without the last line's end


@dataclass
class World:
    name: str
    kinds: list
    traits: Traits
    accounts: list
    places: list
    mailboxes: dict  # name → messages at the beginning
    events: list
