"""The kinds of worlds, each with something unusual. A world has one to three of them.

Kinds that are off, alone or in combination, are drawn only on request.
"""

KINDS = {
    # faults of a run
    "killed": "killed before a call",
    "power": "power lost before a call: unsynced data is lost",
    "full": "disk full or failing from a call on",
    "paused": "paused before a call while another run works",
    "away": "a destination that does not exist",
    "clock": "--delete-after with a clock that advances",
    "cut": "connections closed in the middle of an answer",
    "temporary": "repeated temporary refusals",
    "goodbye": "QUIT refused or not answered",
    # several accounts and programs
    "shared": "accounts with the same UIDs that share a destination",
    "cursors": "two cursors for one mailbox",
    "two homes": "two users with the same account name and the same destinations",
    "readers": "other programs that move messages in a Maildir or append to an mbox",
    # commands
    "filters": "all forms of --match",
    "batches": "batches, with rset and abort",
    "named": "messages selected by number and UID, including missing ones",
    "sized": "--max-size",
    "consumers": "commands of pipe: that refuse, discard and fail",
    # the server
    "out of step": "broken PIPELINING",
    "lock step": "no PIPELINING",
    "sizes": "wrong sizes in LIST",
    "identities": "no UIDs, duplicate UIDs, or UIDs used again",
    "renumbered": "all UIDs change at once",
    "uidl refused": "UIDL refused at times",
    "expire": "messages sent completely are deleted at QUIT",
    "one": "unusual answers to LIST n and UIDL n",
    "odd lines": "several spaces in lists, words in status lines",
    "odd uids": "UIDs that are long or contain spaces, slashes or control characters",
    "greedy top": "TOP that sends the whole message",
    "first dot": "a message whose first octet is a dot that is not stuffed",
    "login loses": "commands pipelined after a login are lost",
    "inactivity": "disconnected with -ERR for inactivity although active",
    "words": "logins refused with words, but no response code",
    "no top": "no TOP",
    "refused": "messages that cannot be read",
    "garbled": "messages that are answered by no status line",
}

# Kinds, alone or together, that the client does not handle yet, and what happens. Remove a line
# when it is fixed.
OFF = []


def is_on(kinds):
    return not any(off <= set(kinds) for off in OFF)

