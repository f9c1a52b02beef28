"""Draws worlds at random. The name of a world is enough to draw it again."""

import random

import mail
from kinds import KINDS, is_on
from parts import (Account, Arrive, Batch, Dele, Fault, Fetch, Incident, Look, Meddle, Place,
                   Remove, Renumber, Run, Stream, Traits, Word, World)
from statuses import REFUSALS

LAST_CALL = 45  # about the number of calls in the first fetch of a few messages
FEW = 9  # messages
ERRORS = ("ENOSPC", "ENOSPC", "EDQUOT", "EIO", "EROFS")
SURVIVES = ("nothing", "names", "contents")
BUSY = ("[SYS/TEMP] try again later", "[IN-USE] the mailbox is in use",
        "[LOGIN-DELAY] too soon")
MATCHES = ("subject~spam", "Subject !~ keep", "subject!~keep", "subject ~ news",
           " Subject !~spam", "SUBJECT~ spam", "Subject: !~keep", "sub ject!~keep", "!~keep")
ODD_UIDS = ("x" * 100 + "{}", "two words {}", "../{}", "/etc/{}", ".{}", "-{}", "{}~2", "%41{}",
            "\xfc{}", "\x1b[{}m", "new{}", "uid:{}", "{}.eml")
BROKEN_PIPELINING = ("late dot", "ignores", "twice", "ok then err")


def choose_world(seed, number, kinds, with_those_off=False):
    """The name of the world with this number: its kinds and its random seed."""
    chance = random.Random(f"{seed} {number}")
    while True:
        some = sorted(chance.sample(kinds, min(len(kinds), chance.choice((1, 2, 2, 3)))))
        if with_those_off or is_on(some):
            return f"{'+'.join(some)}:{seed}.{number}"


def draw_world(name):
    return Drawing(name).world


class Drawing:
    def __init__(self, name):
        self.kinds = name.partition(":")[0].split("+")
        if unknown := set(self.kinds) - set(KINDS):
            raise SystemExit(f"world: no such kind: {', '.join(unknown)}")
        self.chance = random.Random(name)
        self.keys = 0
        self.uids = {}  # mailbox → its last UID
        accounts = self.draw_accounts()
        places = [self.draw_place() for _ in range(self.count_places(accounts))]
        self.places, self.accounts = places, accounts
        mailboxes = {account.mailbox: [] for account in accounts}
        for mailbox, messages in mailboxes.items():
            for _ in range(self.chance.randint(*((10, 12) if self.has("renumbered") else (1, 4)))):
                messages.append(self.draw_message(mailbox))
        self.world = World(name, self.kinds, self.draw_traits(), accounts, places, mailboxes,
                           self.draw_events(list(mailboxes)))

    def has(self, kind, probability=1.0):
        return kind in self.kinds and self.chance.random() < probability

    # --- accounts, destinations, messages, the server ---

    def draw_accounts(self):
        count = self.chance.choice((2, 2, 3) if self.has("shared") else (1, 1, 1, 2))
        accounts = [Account("abc"[i], "mail" + "abc"[i], [Stream("", i)]) for i in range(count)]
        if self.has("shared"):
            for account in accounts:
                account.streams[0].destination = 0
        if self.has("shared", .3):
            accounts[1].mailbox = accounts[0].mailbox
        if self.has("two homes"):
            accounts.append(Account("a", "mailz", [Stream("", accounts[0].streams[0].destination)],
                                    "home2"))
        if self.has("cursors"):
            accounts[0].streams.append(
                Stream("other", self.chance.choice((0, len(accounts)))))
        return accounts

    @staticmethod
    def count_places(accounts):
        return 1 + max(stream.destination for account in accounts for stream in account.streams)

    def draw_place(self):
        if self.has("consumers", .8):
            return Place("pipe")
        kinds = ("maildir", "mbox", "dir")
        if self.has("shared"):
            kinds += ("dir", "dir", "mbox")
        else:
            kinds += ("maildir", *["pipe"] * ("power" not in self.kinds))
        return Place(self.chance.choice(kinds))

    def draw_message(self, mailbox):
        self.keys += 1
        number = self.uids[mailbox] = self.uids.get(mailbox, 0) + 1
        large = "sized" in self.kinds and self.chance.random() < .4
        forms = None
        uid = f"{number}"
        if "identities" in self.kinds:
            forms = {mail.alike: 2, mail.no_header: 1}
            uid = self.chance.choice((uid, uid, "1", f"{max(1, number - 2)}"))
        if self.has("first dot"):
            forms = {mail.dotted: 3}
        if self.has("odd uids", .7):
            uid = self.chance.choice(ODD_UIDS).format(number)
        message = mail.draw_message(self.chance, self.keys, uid, forms, large)
        message.garbled = not message.refused and self.has("garbled", .3)
        message.refused = message.refused or message.garbled or self.has("refused", .3)
        return message

    def draw_traits(self):
        traits = Traits()
        if self.has("lock step"):
            traits.pipelining = "none"
        if self.has("out of step"):
            traits.pipelining = self.chance.choice(BROKEN_PIPELINING)
        if self.has("sizes"):
            traits.sizes = self.chance.choice(("lf", "lf", "small", "huge"))
        if self.has("expire"):
            traits.expires = True
        if self.has("no top"):
            traits.top = False
        if self.has("one"):
            traits.one = self.chance.choice(("whole", "other", "bare"))
        if self.has("odd lines"):
            traits.lines = self.chance.choice(("blanks", "words"))
        traits.greedy, traits.loses = self.has("greedy top"), self.has("login loses")
        if self.has("identities", .6):
            traits.uidl = False
        return traits

    # --- events ---

    def draw_events(self, mailboxes):
        events, day = [], 0
        for _ in range(self.chance.randint(2, 8)):
            events += self.draw_others(mailboxes)
            day += self.chance.choice((0, 3, 8, 20)) if self.has("clock") else 0
            events.append(self.draw_run(day))
        return events

    def draw_others(self, mailboxes):
        chance, events = self.chance, []
        while chance.random() < .4:
            mailbox = chance.choice(mailboxes)
            if self.uids.get(mailbox, 0) >= FEW and "renumbered" not in self.kinds:
                continue  # the removal of more at once would look like a change of all UIDs
            events.append(Arrive(mailbox, self.draw_message(mailbox),
                                 chance.choice((0, 1, 1000, 1000, 1000))))
        if chance.random() < .1:
            events.append(Remove(chance.choice(mailboxes), chance.randint(0, 3)))
        if self.has("readers", .5):
            events.append(Meddle(chance.randrange(len(self.places)),
                                 chance.choice(("append", "append", "rewrite"))))
        if self.has("renumbered", .3):
            events.append(Renumber(chance.choice(mailboxes)))
        return events

    def draw_run(self, day):
        chance = self.chance
        run = Run(self.draw_command(), day=day)
        run.fault = self.draw_fault()
        run.incidents = self.draw_incidents()
        if run.fault and run.fault.what == "pause":
            run.meanwhile = Run(self.draw_command(), day=day)
        if self.has("consumers", .6):
            run.consumer = chance.choice((0, 75, 99, 1, 1))
        if self.has("away", .4) and not run.meanwhile:
            run.away = chance.choice([-1, *(i for i, place in enumerate(self.places)
                                            if place.kind != "pipe")])
        return run

    def draw_fault(self):
        what = [name for kind, name in (("killed", "kill"), ("power", "power"), ("full", "full"),
                                        ("paused", "pause")) if self.has(kind, .6)]
        if not what:
            return None
        chance = self.chance
        return Fault(chance.choice(what), chance.randint(2, LAST_CALL), chance.choice(ERRORS),
                     chance.choice(SURVIVES))

    def draw_incidents(self):
        chance, incidents = self.chance, []
        if self.has("cut", .5):
            verb = chance.choice(("greeting", "USER", "UIDL", "LIST", "RETR", "RETR", "DELE",
                                  "QUIT"))
            incidents.append(Incident(chance.choice(("cut", "cut", "reset")), verb,
                                      chance.randint(1, 3) if verb in ("RETR", "DELE") else 1,
                                      place=chance.random(), commits=chance.random() < .5))
        if self.has("temporary", .7):
            verb = chance.choice(("PASS", "RETR", "RETR", "RETR", "LIST", "greeting"))
            text = BUSY[0] if verb == "RETR" else chance.choice(BUSY)
            incidents.append(Incident("refuse", verb, chance.randint(0, 1), text))
        if self.has("inactivity", .5):
            incidents.append(Incident("hang up", chance.choice(("LIST", "UIDL", "RETR", "DELE",
                                                                "QUIT")), 1,
                                      "Disconnected for inactivity."))
        if self.has("words", .5):
            incidents.append(Incident("refuse", "PASS", 1, chance.choice(list(REFUSALS))))
        if self.has("uidl refused", .5):
            incidents.append(Incident("refuse", "UIDL", 1, chance.choice((*BUSY[:2], "what?"))))
        if self.has("goodbye", .5):
            incidents.append(Incident(
                chance.choice(("refuse", "cut")), "QUIT", 1, "some messages were not removed",
                commits=chance.random() < .5))
        return incidents

    # --- commands ---

    def draw_command(self):
        account = self.chance.randrange(len(self.accounts))
        if self.has("batches", .6):
            return self.draw_batch(account)
        if self.chance.random() < .75:
            return self.draw_fetch(account)
        if self.chance.random() < .4:
            return Look(account, self.chance.choice(("headers", "list", "uidl", "stat")))
        return self.draw_dele(account)

    def draw_fetch(self, account):
        chance = self.chance
        fetch = Fetch(account, chance.randrange(len(self.accounts[account].streams)),
                      delete=chance.random() < (.1 if self.has("renumbered") else .6))
        if self.has("named", .4) or self.has("one", .5):
            fetch.selection = self.draw_name()
        if self.has("filters", .4):
            fetch.match = chance.choice(MATCHES)
        if self.has("sized", .5):
            fetch.max_size = mail.LIMIT
        if self.has("clock", .5):
            fetch.delete, fetch.delete_after = False, chance.choice((2, 7, 14))
        fetch.peek = not fetch.delete and not fetch.delete_after and chance.random() < .2
        return fetch

    def draw_dele(self, account):
        dele = Dele(account, "first:1" if self.chance.random() < .7 else "last")
        if self.has("named", .5) or self.has("one", .5):
            dele.selection = self.draw_name()
        if self.has("filters", .8):
            dele.selection, dele.match = "all", self.chance.choice(MATCHES)
        return dele

    def draw_name(self):
        return self.chance.choice(("1", "2", "3", "uid:1", "uid:3", "all", "first:2", "last"))

    def draw_batch(self, account):
        chance, lines = self.chance, []
        stream = chance.randrange(len(self.accounts[account].streams))
        for _ in range(chance.randint(1, 3)):
            draw = chance.choices((self.draw_fetch, self.draw_dele), (3, 1))[0]
            line = draw(account)
            line.stream, line.peek = stream, False
            if line.selection not in ("all", "new"):
                line.selection = "all" if line.match else "new" if isinstance(line, Fetch) else (
                    f"uid:{chance.randint(1, 3)}")
            lines.append(line)
        if chance.random() < .3:
            lines.insert(chance.randint(0, len(lines)), Word("rset"))
        if chance.random() < .2:
            lines.append(Word("abort"))
        return Batch(account, lines)
