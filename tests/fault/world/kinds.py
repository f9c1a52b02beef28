"""The kinds of worlds: what may be unusual in one. A world has one to three of them.

Kinds that are off, alone or together, are in no sample unless they are asked for.
"""

KINDS = {
    # what happens to a run
    "killed": "killed before a call",
    "power": "power lost before a call: what was not synced is gone",
    "full": "a disk that is full, or fails, from a call on",
    "paused": "paused before a call while another run is at work",
    "away": "a destination that is not there",
    "clock": "--delete-after, and a clock that moves on",
    "cut": "connections that end in the middle of an answer",
    "temporary": "refusals that the server calls temporary, again and again",
    "goodbye": "QUIT that is refused, or not answered",
    # where accounts and programs meet
    "shared": "accounts with equal UIDs that share a destination",
    "cursors": "two cursors of one mailbox",
    "two homes": "two users with the same account name and the same destinations",
    "readers": "mail readers that move messages in a Maildir, programs that append to an mbox",
    # what is asked for
    "filters": "--match in all its forms",
    "batches": "lines of a batch, with rset and abort",
    "named": "messages by number and by UID, and numbers that are not there",
    "sized": "--max-size",
    "consumers": "commands of pipe: that refuse, drop and fail",
    # what the server is like
    "out of step": "PIPELINING that is broken",
    "lock step": "no PIPELINING",
    "sizes": "LIST that is wrong",
    "identities": "no UIDs, the same for two messages, or used again",
    "renumbered": "all UIDs change at once",
    "uidl refused": "UIDL refused now and then",
    "expire": "what was sent whole is deleted at QUIT",
    "one": "LIST n and UIDL n answered in odd ways",
    "odd lines": "several blanks in lists, words in status lines",
    "odd uids": "UIDs that are long, or have blanks, slashes and other octets in them",
    "greedy top": "TOP that sends the whole message",
    "first dot": "a dot that is the very first octet of a message, and is not stuffed",
    "login loses": "commands behind a login are lost",
    "inactivity": "disconnected with -ERR for an inactivity that there was not",
    "words": "logins that are refused in words",
    "no top": "no TOP",
    "refused": "messages that cannot be read",
}

# Kinds, alone or together, that the client does not handle yet, and what happens. Remove a line
# when it is fixed.
OFF = []


def is_on(kinds):
    return not any(off <= set(kinds) for off in OFF)

