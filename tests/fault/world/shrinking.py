"""Reduces a failing world while it still fails in the same way."""

import copy

from parts import Batch, Run, Traits

TRIES = 200


def shrink(world, play):
    """The smallest world found, and the result of playing it."""
    played = play(world)
    if not played.problems:
        return world, played
    outcome, tries = played.problems[0][0], 0
    del world.events[played.last + 1:]
    while True:
        for smaller in candidates(world):
            tries += 1
            try:
                again = play(smaller)
            except (IndexError, KeyError):
                continue
            if again.problems and again.problems[0][0] == outcome:
                world, played = smaller, again
                break
            if tries > TRIES:
                return world, played
        else:
            return world, played


def candidates(world):
    """All worlds that are one step simpler."""
    for i in reversed(range(len(world.events))):
        yield changed(world, lambda w, i=i: w.events.pop(i))
    for name, messages in world.mailboxes.items():
        for i in reversed(range(len(messages))):
            yield changed(world, lambda w, n=name, i=i: w.mailboxes[n].pop(i))
    for name, value in vars(Traits()).items():
        if getattr(world.traits, name) != value:
            yield changed(world, lambda w, n=name, v=value: setattr(w.traits, n, v))
    for i, event in enumerate(world.events):
        if isinstance(event, Run):
            yield from simpler_runs(world, i, event)


def simpler_runs(world, i, run):
    for name, usual in ("fault", None), ("meanwhile", None), ("away", -1), ("consumer", 0):
        if getattr(run, name) != usual:
            yield changed(world, lambda w, n=name, u=usual: setattr(w.events[i], n, u))
    for k in range(len(run.incidents)):
        yield changed(world, lambda w, k=k: w.events[i].incidents.pop(k))
    if isinstance(run.command, Batch):
        for k in range(len(run.command.lines)):
            yield changed(world, lambda w, k=k: w.events[i].command.lines.pop(k))
        return
    for name, usual in (("match", ""), ("max_size", 0), ("delete_after", 0), ("peek", False),
                        ("delete", False), ("selection", "new")):
        if getattr(run.command, name, usual) != usual and hasattr(run.command, "stream"):
            yield changed(world, lambda w, n=name, u=usual: setattr(w.events[i].command, n, u))


def changed(world, change):
    smaller = copy.deepcopy(world)
    change(smaller)
    return smaller
