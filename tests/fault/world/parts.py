"""The parts of a world: plain data that other modules draw, shrink, describe and play."""

from dataclasses import dataclass, field

@dataclass
class Message:
    key: int  # unique in the world
    uid: str
    text: bytes
    subject: str = ""  # decoded
    refused: bool = False  # RETR always fails
    garbled: bool = False  # the answer is no status line; it is refused, too
    undotted: bool = False  # its first octet is a dot that is not stuffed; also sets refused


@dataclass
class Traits:
    """The server's traits, fixed for one world. The defaults are those of an ordinary server."""

    pipelining: str = "good"  # none, good, late dot, ignores, twice, ok then err
    uidl: bool = True
    top: bool = True
    expires: bool = False  # messages sent completely are deleted at QUIT
    sizes: str = "exact"  # exact, lf, small, huge
    one: str = "good"  # answer to LIST n and UIDL n: good, whole, other, bare
    lines: str = "usual"  # of lists and status lines: usual, blanks, words
    greedy: bool = False  # TOP sends the whole message
    loses: bool = False  # commands pipelined after a login are lost


@dataclass
class Stream:
    """One cursor of an account, and the destination of its messages."""

    cursor: str
    destination: int


@dataclass
class Account:
    name: str
    mailbox: str
    streams: list
    home: str = "home"  # directory of the user's configuration and state


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


# --- faults and incidents of a run ---

@dataclass
class Incident:
    """The server does something other than answer the nth such command of a run (0 = all)."""

    what: str  # cut, reset, refuse, hang up
    verb: str
    nth: int = 1
    text: str = ""  # the refusal
    place: float = 0  # the part of the answer that is sent before the cut
    commits: bool = False  # QUIT takes effect without an answer


@dataclass
class Fault:
    """A fault before the client's nth call that changes a file or the connection."""

    what: str  # kill, power, full, pause
    call: int
    error: str = "ENOSPC"
    survives: str = "nothing"  # what survives without a sync: nothing, names, contents


@dataclass
class Run:
    command: object
    fault: Fault = None
    incidents: list = field(default_factory=list)
    meanwhile: "Run" = None  # runs while this one is paused
    day: int = 0  # the client's clock, in days since the first run
    consumer: int = 0  # exit status of a pipe's command
    away: int = -1  # the destination that does not exist


# --- events between the runs ---

@dataclass
class Arrive:
    mailbox: str
    message: Message
    place: int = 1000  # position in the mailbox, or its end


@dataclass
class Remove:
    """Another client deletes a message."""

    mailbox: str
    nth: int


@dataclass
class Renumber:
    """The server changes the UIDs of all messages."""

    mailbox: str


@dataclass
class Meddle:
    """A mail reader moves new messages in a Maildir; another program changes an mbox."""

    destination: int
    how: str = "append"  # for an mbox: append, or rewrite it without the final line end


@dataclass
class World:
    name: str
    kinds: list
    traits: Traits
    accounts: list
    places: list
    mailboxes: dict  # name → initial messages
    events: list
