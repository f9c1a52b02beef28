"""Plays a world: its events in order, then clean runs, with checks by the model."""

import copy
import os
import shutil
import tempfile
from dataclasses import dataclass, field

import destinations
import power
from client import Clients, Running, arguments_of, home
from model import Model
from parts import Arrive, Fetch, Meddle, Remove, Renumber, Run
from server import Server
from statuses import KILLED

CLEAN_RUNS = 3  # the last one has nothing left to do


class Mbox(destinations.Mbox):
    """An mbox that other programs also use. Empty lines at a message's end are ignored."""

    FOREIGN = b"From bob Thu Jan  1 00:00:00 1970\nSubject: of another program\n\n%d\n\n"

    def __init__(self, folder):
        super().__init__(folder)
        self.foreign = [text_of(destinations.EARLIER)]

    def form(self, message):
        return super().form(message).rstrip(b"\n")

    def contents(self):
        """The client's messages; those of another program must be present, but are left out."""
        text = destinations.read(self.folder, "inbox")
        messages = [message.rstrip(b"\n") for message in destinations.split_mbox(text)]
        for message in self.foreign:
            if message in messages:
                messages.remove(message)
            else:
                messages.append(b"without " + message)
        return messages

    def meddle(self, how):
        path = os.path.join(self.folder, "inbox")
        with open(path, "r+b") as mbox:
            if how == "rewrite":
                mbox.truncate(len(mbox.read().rstrip(b"\n")))
                return
            text = mbox.read()
            mbox.write(b"\n\n"[:2 - len(text[-2:]) + len(text[-2:].rstrip(b"\n"))])
            text = self.FOREIGN % len(self.foreign)
            mbox.write(text)
            self.foreign.append(text_of(text))


def text_of(entry):
    """A message of an mbox without its From_ line and the empty line at its end."""
    return entry.partition(b"\n")[2].rstrip(b"\n")


class Pipe(destinations.Pipe):
    """A command that exits as instructed and stores the messages that it accepts."""

    COMMAND = ('read a <{0}/answer; f=$$.$POP3_NUMBER; cat >{0}/message/$f; '
                'case $a in 0|99) : >{0}/whole/$f ;; esac; exit $a')


KINDS = {**destinations.KINDS, "mbox": Mbox, "pipe": Pipe}


@dataclass
class Played:
    """The outcome of a world."""

    problems: list  # (outcome, description)
    last: int = 0  # the event after which they were found; len(events) = in the clean runs
    runs_by_event: dict = field(default_factory=dict)  # event → its run
    runs: int = 0


class Stage:
    """A server and its clients, reused for each world in turn."""

    def __init__(self, program, library, folder):
        self.folder = folder
        self.server = Server()
        self.clients = Clients(program, library, self.server)

    def play(self, world):
        folder = tempfile.mkdtemp(prefix="world.", dir=self.folder)
        try:
            return Play(self, copy.deepcopy(world), folder).play()
        finally:
            shutil.rmtree(folder)


def make_places(world, folder, disk):
    """The destinations on the disk that may lose power; files of pipe commands are elsewhere."""
    places = []
    for number, place in enumerate(world.places, 1):
        where = os.path.join(folder if place.kind == "pipe" else disk, f"place{number}")
        os.makedirs(where)
        places.append(KINDS[place.kind](where))
    return places


class Play:
    def __init__(self, stage, world, folder):
        self.server, self.clients = stage.server, stage.clients
        self.world = world
        self.folder = folder
        self.disk = os.path.join(folder, "disk")  # everything that a loss of power affects
        self.places = make_places(world, folder, self.disk)
        for account in world.accounts:
            home(self.disk, account.home, self.accounts_of(account.home), self.server.port)
        self.model = Model(world, self.places, self.server)
        self.server.begin(world.traits, world.mailboxes, self.model.removed)
        self.played = Played(self.model.problems)

    def play(self):
        for i, event in enumerate(self.world.events):
            self.played.last = i
            if isinstance(event, Run):
                self.played.runs_by_event[i] = self.run(event)
            elif isinstance(event, Arrive):
                self.server.mailboxes[event.mailbox].insert(event.place, event.message)
                self.model.messages[event.message.key] = event.message
            elif isinstance(event, Remove):
                self.remove(event)
            elif isinstance(event, Renumber):
                self.model.renumber(event.mailbox)
            elif isinstance(event, Meddle):
                self.meddle(event)
            if self.model.problems:
                return self.played
        self.played.last = len(self.world.events)
        self.finish()
        return self.played

    def remove(self, event):
        mailbox = self.server.mailboxes[event.mailbox]
        if event.nth < len(mailbox):
            del mailbox[event.nth]

    def meddle(self, event):
        place = self.places[event.destination]
        if isinstance(place, Mbox):
            place.meddle(event.how)
        else:
            place.meddle()

    # --- runs ---

    def run(self, run):
        running = self.start(run)
        before = power.look(self.disk) if run.fault and run.fault.what == "power" else None
        self.launch(running)
        if not self.clients.wait(running):
            if run.meanwhile:
                self.run_meanwhile(run.meanwhile)
            self.clients.resume(running)
            self.server.run = running
            self.clients.wait(running)
        self.read_call(running)
        if before and running.status == KILLED:
            power.lose(self.disk, before, os.path.join(running.folder, "log"),
                       run.fault.survives)
        self.bring_back(run)
        self.model.run_ended(running)
        return running

    def start(self, run):
        self.played.runs += 1
        account = self.world.accounts[run.command.account]
        folder = os.path.join(self.folder, f"run{self.played.runs}")
        os.mkdir(folder)
        for place in self.places:
            if isinstance(place, Pipe):
                with open(os.path.join(place.folder, "answer"), "w") as answer:
                    answer.write(f"{run.consumer}\n")
        self.take_away(run)
        return Running(run, account, folder=folder)

    def launch(self, running):
        self.clients.start(running, arguments_of(running, self.places), self.disk,
                           self.accounts_of(running.account.home))

    def accounts_of(self, name):
        return [account for account in self.world.accounts if account.home == name]

    def run_meanwhile(self, run):
        running = self.start(run)
        running.meanwhile = True
        self.launch(running)
        self.clients.wait(running)
        self.model.run_ended(running)

    @staticmethod
    def read_call(running):
        log = os.path.join(running.folder, "log")
        for letter, _, octets in power.read_log(log):
            if letter == "C":
                running.call = octets.decode("utf-8", "replace")

    def take_away(self, run):
        """Replace the destination by a file, as a missing directory would be created again."""
        if run.away >= 0:
            place = self.places[run.away]
            os.makedirs(place.folder, exist_ok=True)
            os.rename(place.folder, place.folder + ".away")
            with open(place.folder, "w"):
                pass
            place.folder += ".away"  # for the model

    def bring_back(self, run):
        if run.away >= 0:
            place = self.places[run.away]
            place.folder = place.folder.removesuffix(".away")
            os.remove(place.folder)
            os.rename(place.folder + ".away", place.folder)

    # --- the end ---

    def finish(self):
        """Clean runs for each stream until nothing is left to do."""
        done = {}
        for a, account in enumerate(self.world.accounts):
            for s in range(len(account.streams)):
                done[a, s] = self.finish_stream(a, s)
                if self.model.problems:
                    return
        self.model.ended(done)

    def finish_stream(self, a, s):
        """Returns whether the last run exited with 0."""
        last_day = max((event.day for event in self.world.events if isinstance(event, Run)),
                       default=0)
        for _ in range(CLEAN_RUNS):
            running = self.run(Run(Fetch(a, s), day=last_day))
            self.played.runs_by_event[len(self.world.events), a, s] = running
            if running.status in (0, 2) or self.model.problems:
                break
        return running.status == 0
