"""The script of a conversation: text in, a list of connections out, each a list of steps."""

import base64
import re
from collections import namedtuple

# optional: the client may close before this step.  what: "S:", "C~", …, or an action's name.
Step = namedtuple("Step", "line optional what times text")

SPOKEN = re.compile(r"(\??)([SC])(?:\*(\d+))?([:|~])(?: (.*))?", re.DOTALL)
ACTION = re.compile(r"(\??)([A-Z-]+)(?: (.*))?", re.DOTALL)

ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|64\(((?:[^\\)]|\\.)*)\)|([rnt0\\)#]))")
LETTERS = {"r": "\r", "n": "\n", "t": "\t", "0": "\0", "\\": "\\", ")": ")"}


def parse(octets, known):
    """Split a script into connections. SystemExit names the line of an unknown step."""
    connections = [[]]
    for number, line in enumerate(octets.decode("latin-1").split("\n"), 1):
        if line == "---":
            connections.append([])
        elif line and not line.startswith("#"):
            connections[-1].append(_step(number, line, known))
    return connections


def expand(text, number=1):
    """The octets of a text with escapes; `number` counts repetitions."""
    def replace(match):
        hexadecimal, encoded, letter = match.groups()
        if hexadecimal:
            return chr(int(hexadecimal, 16))
        if letter:
            return str(number) if letter == "#" else LETTERS[letter]
        return base64.b64encode(expand(encoded, number)).decode()
    return ESCAPE.sub(replace, text).encode("latin-1")


def _step(number, line, known):
    optional, what, times, text = "", None, None, None
    if match := SPOKEN.fullmatch(line):
        optional, who, times, how, text = match.groups()
        what = who + how
    elif match := ACTION.fullmatch(line):
        optional, what, text = match.groups()
    if what not in known:
        raise SystemExit(f"converse: line {number}: unknown step {line!r}")
    return Step(number, bool(optional), what, int(times or 1), text or "")
