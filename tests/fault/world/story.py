"""A world and what happened in it, in plain words."""

import re

from client import batch_text, command_line
from parts import Arrive, Batch, Meddle, Remove, Renumber

TRAITS = {
    "pipelining": {"none": "has no PIPELINING",
                   "late dot": "sends the next +OK before the last dot when commands are pipelined",
                   "ignores": "ignores one of the commands that are pipelined",
                   "twice": "answers one of the commands that are pipelined twice",
                   "ok then err": "answers one RETR with +OK, then -ERR, and no dot"},
    "uidl": {False: "has no UIDL"},
    "top": {False: "has no TOP"},
    "expires": {True: "deletes at QUIT what it has sent (EXPIRE 0)"},
    "sizes": {"lf": "counts a line end as one octet in LIST",
              "small": "says 10 octets of each message in LIST",
              "huge": "says a thousand times too many octets in LIST"},
    "lines": {"blanks": "has several blanks in the lines of lists",
              "words": "has words in its status lines"},
    "greedy": {True: "sends the whole message for TOP"},
    "loses": {True: "loses what is sent behind a login before its answer"},
    "one": {"whole": "answers LIST n with the whole list",
            "other": "answers LIST n with the first message's line",
            "bare": "answers LIST n without the number"},
}


SHORTER = (
    (re.compile(r"read a <.*?exit \$a"), "COMMAND"),  # of the consumer
    (re.compile(r"(/[\w.-]+)*/world\.\w+/(disk/)?"), ""),
)


def tell(world, played, places):
    """The lines of the story, without details that differ between runs."""
    for line in tell_all(world, played, places):
        for what, instead in SHORTER:
            line = what.sub(instead, line)
        yield line


def tell_all(world, played, places):
    yield f"world {world.name}"
    yield "The server " + (", ".join(traits_in_words(world.traits)) or "is as usual") + "."
    for account in world.accounts:
        yield from tell_account(account, world)
    for i, event in enumerate(world.events[:played.last + 1]):
        yield f"{i + 1}. {tell_event(event, world, places)}"
        if i in played.told:
            yield from tell_end(played.told[i])
    if played.last >= len(world.events):
        yield "Then clean runs."
        for key, running in played.told.items():
            if isinstance(key, tuple):
                yield f"   pop3 fetch new of {running.account.name}:"
                yield from tell_end(running)
    yield from tell_problems(played)


def tell_problems(played):
    for outcome, what in played.problems[:3]:
        yield f"=> {outcome}: {what}"


def traits_in_words(traits):
    for name, words in TRAITS.items():
        value = getattr(traits, name)
        if value in words:
            yield words[value]


def tell_account(account, world):
    into = " and ".join(
        f"{world.places[stream.destination].kind} {stream.destination + 1}"
        + (f" (cursor {stream.cursor})" if stream.cursor else "") for stream in account.streams)
    yield (f"Account {account.name}{'' if account.home == 'home' else ' of another user'} "
           f"fetches into {into}. In its mailbox:")
    for message in world.mailboxes[account.mailbox]:
        yield f"   {tell_message(message)}"


def tell_message(message):
    refused = ", which cannot be read" if message.refused else ""
    return (f"message {message.key}: UID {message.uid}, {len(message.text)} octets, "
            f"subject {message.subject or '-'}{refused}, {message.text[:40]!r}")


def tell_event(event, world, places):
    if isinstance(event, Arrive):
        where = "" if event.place >= 1000 else f" at place {event.place + 1}"
        return f"There arrives in {event.mailbox}{where} {tell_message(event.message)}"
    if isinstance(event, Remove):
        return f"Another client deletes message number {event.nth + 1} of {event.mailbox}."
    if isinstance(event, Renumber):
        return f"All UIDs of {event.mailbox} change."
    if isinstance(event, Meddle):
        return f"Another program changes destination {event.destination + 1} ({event.how})."
    return tell_run(event, world, places)


def tell_run(run, world, places):
    command, account = run.command, world.accounts[run.command.account]
    words = (f"pop3 batch -a {account.name}: "
             + batch_text(command, account, places).strip().replace("\n", "; ")
             if isinstance(command, Batch) else
             f"pop3 -a {account.name} " + " ".join(command_line(command, account, places)))
    more = [f"day {run.day}"] * bool(run.day)
    if run.away >= 0:
        more.append(f"destination {run.away + 1} is away")
    if run.consumer:
        more.append(f"the consumer exits {run.consumer}")
    more += [tell_incident(incident) for incident in run.incidents]
    if run.fault:
        more.append(tell_fault(run.fault))
    if run.meanwhile:
        more.append("meanwhile " + tell_run(run.meanwhile, world, places))
    return words + "".join(f"\n   ({line})" for line in more)


def tell_incident(incident):
    where = {0: f"each {incident.verb}", 1: f"the first {incident.verb}"}.get(
        incident.nth, f"{incident.verb} number {incident.nth}")
    if incident.what == "hang up":
        return f"-ERR {incident.text} comes for {where}, and the connection ends"
    if incident.what == "refuse":
        return f"{where} is refused: -ERR {incident.text}"
    how = {"cut": "ends", "reset": "is reset"}[incident.what]
    commits = ", although the server obeyed" if incident.commits else ""
    return f"the connection {how} {incident.place:.0%} into the answer to {where}{commits}"


def tell_fault(fault):
    return {
        "kill": f"killed before change {fault.call}",
        "power": f"power lost before change {fault.call}; of what was not synced survives "
                 f"{fault.survives}",
        "full": f"from change {fault.call} on the disk fails with {fault.error}",
        "pause": f"paused before change {fault.call}",
    }[fault.what]


def tell_end(running):
    if running.call:
        yield f"   it came to {running.call[-100:]}"
    for session in running.sessions:
        yield "   said: " + ", ".join(line for line in session.commands
                                      if not line.startswith("PASS"))[:300]
    yield f"   exit {running.status}"
    for text in running.stdout, running.stderr:
        for line in text.splitlines()[:6]:
            yield f"   | {line[:160]}"
