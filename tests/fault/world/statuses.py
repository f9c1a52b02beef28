"""The exit statuses that the manual allows for a run, given its faults."""

from choices import commands_of, is_possible, names_nothing
from parts import Batch, Dele, Fetch, Look

KILLED = -9
UNCONFIRMED = 81
TEMPORARY = ("[SYS/TEMP]", "[IN-USE]", "[LOGIN-DELAY]")
OUT_OF_STEP = ("late dot", "ignores", "twice", "ok then err")
REFUSALS = {  # of a login, without a response code
    "duplicate login": 75,
    "mailbox already open": 75,
    "too many connections from your address": 75,
    "service unavailable": 75,
    "internal error, try again later": 75,
    "down for maintenance": 75,
    "authentication failed": 77,
    "invalid password": 77,
    "this account is blocked": 77,
    "account disabled: too many failed logins": 77,
}
BEFORE_MESSAGES = ("greeting", "PASS", "LIST", "UIDL")


def expected_statuses(model, running):
    """The allowed statuses, or None if all are."""
    run, lines = running.run, commands_of(running.run.command)
    traits = model.world.traits
    if running.status == KILLED and run.fault and run.fault.what in ("kill", "power"):
        return None
    if not all(is_possible(getattr(line, "match", "")) for line in lines):
        return {64}
    if traits.expires and not traits.top and any(wants_headers(line) for line in lines):
        return {0, 2}.union(*disturbed(model, running, lines))  # RETR would be a deletion
    for incident in running.met:
        if incident.verb == "PASS" and incident.text in REFUSALS:
            return {REFUSALS[incident.text]}
    if any(is_refused_for_now(model, running, incident) for incident in running.met):
        return {75}
    return usual(model, running, lines) | set().union(*disturbed(model, running, lines))


def names_a_uid(line):
    return getattr(line, "selection", "").startswith("uid:")


def wants_headers(line):
    return bool(getattr(line, "match", "")) or isinstance(line, Look) and line.verb == "headers"


def is_refused_for_now(model, running, incident):
    if incident.what != "refuse" or incident.verb not in BEFORE_MESSAGES:
        return False
    if any(code in incident.text for code in TEMPORARY):
        return True
    if incident.verb != "UIDL" or isinstance(running.run.command, Look):
        return False
    asked = [(session, line) for session in running.sessions for line in session.commands
             if line.startswith("UIDL")]
    session, first = asked[0]  # UIDL n is followed by UIDL
    return model.world.traits.uidl and first == "UIDL" and session.entries


def disturbed(model, running, lines):
    run = running.run
    if running.call and run.fault.what == "full":
        yield {0, 73, 74, 81}
    if any(isinstance(line, Fetch) and model.stream_of(line).destination == run.away
           for line in lines):
        yield {73}
    for incident in running.met:
        yield after(incident, lines)
    if any(incident.verb == "QUIT" for incident in running.met):
        yield {81} if model.may_delete_later(run.command.account) else set()
    if model.is_renumbered(running):
        yield {0, 65}
    if running.meanwhile or run.meanwhile:
        yield {0, 75}
    if model.world.traits.pipelining in OUT_OF_STEP:
        yield {0, 75, 76} if isinstance(run.command, Batch) else {0, 75}
    if "identities" in model.world.kinds:
        yield {0, 2, 66} if any(names_a_uid(line) for line in lines) else {0, 2}
    if "identities" in model.world.kinds and isinstance(run.command, Batch) and any(
            message.garbled or message.undotted
            for session in running.sessions for message in session.entries):
        yield {75}  # nothing shows that what was marked is the same in a new session
    if isinstance(run.command, Batch) and any(
            names_a_uid(line) for line in lines):
        yield {0, 66}  # later lines do not find a message that was marked


def after(incident, lines):
    deletes = any(isinstance(line, Dele) or isinstance(line, Fetch)
                  and (line.delete or line.delete_after) for line in lines)
    if incident.verb == "QUIT":
        return {0, 75, 76, 77, 81} if deletes else {0, 75, 76, 77}
    if incident.what != "refuse":
        return {75, 81} if deletes else {75}
    return {2, 75} if any(code in incident.text for code in TEMPORARY) else {0, 2, 76, 77}


def usual(model, running, lines):
    """The statuses without incidents: for failing messages and for missing ones."""
    failing = set()
    for line in lines:
        if running.sessions and names_nothing(getattr(line, "selection", ""),
                                              running.sessions[-1]):
            return {66, 2} if failing else {66}
        failing |= set(failing_messages(model, running, line))
    if running.run.consumer == 75 and failing:
        return {0, 2, 75}
    return {0, 2} if failing else {0}


def failing_messages(model, running, line):
    account = running.run.command.account
    for session in running.sessions:
        for message in session.entries:
            if message.refused and (isinstance(line, Look) or getattr(line, "match", "")):
                yield message.key
            elif isinstance(line, Fetch) and fails(model, running, message, line):
                if model.selects(line, account, message.key, session) is not False:
                    yield message.key


def fails(model, running, message, line):
    octets = len(message.text) * (1000 if model.world.traits.sizes == "huge" else 1)
    kind = model.world.places[model.stream_of(line).destination].kind
    return (message.refused or 0 < line.max_size < octets
            or kind == "pipe" and running.run.consumer not in (0, 99))
