"""Describes a world and its runs in plain words."""

import re

from client import batch_text, command_line
from parts import Arrive, Batch, Meddle, Remove, Renumber

TRAITS = {
    "pipelining": {"none": "has no PIPELINING",
                   "late dot": "sends the next +OK before the final dot of a pipelined answer",
                   "ignores": "ignores one of several pipelined commands",
                   "twice": "answers one of several pipelined commands twice",
                   "ok then err": "answers one RETR with +OK, then -ERR, without a final dot"},
    "uidl": {False: "has no UIDL"},
    "top": {False: "has no TOP"},
    "expires": {True: "deletes at QUIT what it has sent (EXPIRE 0)"},
    "sizes": {"lf": "counts a line end as one octet in LIST",
              "small": "lists every message with 10 octets",
              "huge": "lists messages with a thousand times their octets"},
    "lines": {"blanks": "has several spaces in the lines of lists",
              "words": "has words in its status lines"},
    "greedy": {True: "sends the whole message for TOP"},
    "loses": {True: "loses commands pipelined after a login"},
    "one": {"whole": "answers LIST n with the whole list",
            "other": "answers LIST n with the first message's line",
            "bare": "answers LIST n without the number"},
}


SHORTER = (
    (re.compile(r"read a <.*?exit \$a"), "COMMAND"),  # of pipe
    (re.compile(r"(/[\w.-]+)*/world\.\w+/(disk/)?"), ""),
)


def describe(world, played, places):
    """The lines of the description, without details that differ between runs."""
    for line in describe_all(world, played, places):
        for what, instead in SHORTER:
            line = what.sub(instead, line)
        yield line


def describe_all(world, played, places):
    yield f"world {world.name}"
    yield "The server " + (", ".join(traits_in_words(world.traits)) or "is an ordinary one") + "."
    for account in world.accounts:
        yield from describe_account(account, world)
    for i, event in enumerate(world.events[:played.last + 1]):
        yield f"{i + 1}. {describe_event(event, world, places)}"
        if i in played.runs_by_event:
            yield from describe_end(played.runs_by_event[i])
    if played.last >= len(world.events):
        yield "Then clean runs:"
        for key, running in played.runs_by_event.items():
            if isinstance(key, tuple):
                yield f"   pop3 fetch new of {running.account.name}:"
                yield from describe_end(running)
    yield from describe_problems(played)


def describe_problems(played):
    for outcome, what in played.problems[:3]:
        yield f"=> {outcome}: {what}"


def traits_in_words(traits):
    for name, words in TRAITS.items():
        value = getattr(traits, name)
        if value in words:
            yield words[value]


def describe_account(account, world):
    into = " and ".join(
        f"{world.places[stream.destination].kind} {stream.destination + 1}"
        + (f" (cursor {stream.cursor})" if stream.cursor else "") for stream in account.streams)
    yield (f"Account {account.name}{'' if account.home == 'home' else ' of another user'} "
           f"fetches into {into}. In its mailbox:")
    for message in world.mailboxes[account.mailbox]:
        yield f"   {describe_message(message)}"


def describe_message(message):
    refused = ", which cannot be read" if message.refused else ""
    return (f"message {message.key}: UID {message.uid}, {len(message.text)} octets, "
            f"subject {message.subject or '-'}{refused}, {message.text[:40]!r}")


def describe_event(event, world, places):
    if isinstance(event, Arrive):
        where = "" if event.place >= 1000 else f" at position {event.place + 1}"
        return f"New in {event.mailbox}{where}: {describe_message(event.message)}"
    if isinstance(event, Remove):
        return f"Another client deletes message number {event.nth + 1} of {event.mailbox}."
    if isinstance(event, Renumber):
        return f"All UIDs of {event.mailbox} change."
    if isinstance(event, Meddle):
        return f"Another program changes destination {event.destination + 1} ({event.how})."
    return describe_run(event, world, places)


def describe_run(run, world, places):
    command, account = run.command, world.accounts[run.command.account]
    words = (f"pop3 batch -a {account.name}: "
             + batch_text(command, account, places).strip().replace("\n", "; ")
             if isinstance(command, Batch) else
             f"pop3 -a {account.name} " + " ".join(command_line(command, account, places)))
    more = [f"day {run.day}"] * bool(run.day)
    if run.away >= 0:
        more.append(f"destination {run.away + 1} does not exist")
    if run.consumer:
        more.append(f"the command of pipe exits with {run.consumer}")
    more += [describe_incident(incident) for incident in run.incidents]
    if run.fault:
        more.append(describe_fault(run.fault))
    if run.meanwhile:
        more.append("meanwhile " + describe_run(run.meanwhile, world, places))
    return words + "".join(f"\n   ({line})" for line in more)


def describe_incident(incident):
    where = {0: f"each {incident.verb}", 1: f"the first {incident.verb}"}.get(
        incident.nth, f"{incident.verb} number {incident.nth}")
    if incident.what == "hang up":
        return f"the answer to {where} is -ERR {incident.text}, and the connection ends"
    if incident.what == "refuse":
        return f"{where} is refused: -ERR {incident.text}"
    how = {"cut": "ends", "reset": "is reset"}[incident.what]
    commits = ", although the server executed it" if incident.commits else ""
    return f"the connection {how} {incident.place:.0%} into the answer to {where}{commits}"


def describe_fault(fault):
    return {
        "kill": f"killed before change {fault.call}",
        "power": f"power lost before change {fault.call}; unsynced data that survives: "
                 f"{fault.survives}",
        "full": f"from change {fault.call} on the disk fails with {fault.error}",
        "pause": f"paused before change {fault.call}",
    }[fault.what]


def describe_end(running):
    if running.call:
        yield f"   the fault occurred at {running.call[-100:]}"
    for session in running.sessions:
        yield "   sent: " + ", ".join(line for line in session.commands
                                      if not line.startswith("PASS"))[:300]
    yield f"   exit {running.status}"
    for text in running.stdout, running.stderr:
        for line in text.splitlines()[:6]:
            yield f"   | {line[:160]}"
