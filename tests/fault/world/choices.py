"""The messages that a command selects, by a second implementation of the selectors."""

from parts import Batch, Word


def commands_of(command):
    return command.lines if isinstance(command, Batch) else [command]


def lines_in_force(command):
    """The commands of a batch that no rset or abort undoes."""
    lines = commands_of(command)
    for i in reversed(range(len(lines))):
        if isinstance(lines[i], Word) and lines[i].word == "abort":
            return []
        if isinstance(lines[i], Word) and lines[i].word == "rset":
            return lines[i + 1:]
    return lines


def takes_back(command):
    return len(lines_in_force(command)) < len(commands_of(command))


def matches(match, message):
    """Whether a message satisfies --match, for subjects of one word."""
    if not match:
        return True
    negated = "!~" in match
    word = match.rpartition("~")[2].strip()
    return negated != (message.subject == word)


def is_possible(match):
    """Whether --match has a valid field name."""
    if not match:
        return True
    name = match.partition("~")[0].rstrip("!").strip()
    return bool(name) and not any(c in ": \t" for c in name)


def place_selects(selection, message, session):
    """Whether a message is selected by its position in the mailbox, or by its UID.

    None if the model cannot know: of messages that share a UID, the client selects the one that
    it has recorded under that UID.
    """
    if session is None or message not in session.entries:
        return False
    place = session.entries.index(message) + 1
    if selection == "last":
        return place == len(session.entries)
    if selection.startswith("first:"):
        return place <= int(selection[6:])
    if selection.startswith("uid:"):
        shares = sum(other.uid == message.uid for other in session.entries) > 1
        return (None if shares else True) if message.uid == selection[4:] else False
    return place == int(selection)


def names_nothing(selection, session):
    """Whether the selector names a message that does not exist."""
    if selection == "last":
        return not session.entries
    if selection.isdigit():
        return int(selection) > len(session.entries)
    return selection.startswith("uid:") and not any(
        message.uid == selection[4:] for message in session.entries)
