"""A socket that breaks one write, and the ways to break it."""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../helpers"))

from stream import Clear  # noqa: E402

ENDS = ("fin", "close-notify", "reset", "stall")  # the connection ends
HARMLESS = ("split", "drip")  # the octets are only split differently
CHANGES = ("drop", "double", "flip")  # one octet changes
BETWEEN_PIECES = 0.002  # seconds, so that the client usually reads the pieces separately
SHORTEST_RECORD = 22  # octets of TLS around one octet


class Broken(Exception):
    """The connection ends here."""


class Breakage:
    """How a connection breaks, and after how many octets from the server.

    Under TLS these are octets of application data, or of the handshake. Application data is broken
    at some octet of the record that contains the next octet.
    """

    def __init__(self, how, after, bit=0, handshake=False):
        self.how = how
        self.after = after
        self.bit = bit
        self.handshake = handshake

    def changed(self, octets, position):
        before, octet = octets[:position], octets[position:position + 1]
        if self.how == "double":
            octet *= 2
        elif self.how == "drop":
            octet = b""
        elif self.how == "flip":
            octet = bytes([octet[0] ^ 1 << self.bit])
        return before + octet + octets[position + 1:]

    def position_in_record(self):
        return self.after * 5 % SHORTEST_RECORD


class Wire(Clear):
    """A socket that breaks one write after a number of octets."""

    def __init__(self, connection, most):
        super().__init__(connection, most)
        self.breakage, self.left = None, 0

    def break_after(self, octets, breakage):
        self.breakage, self.left = breakage, octets

    def write(self, octets):
        if not self.breakage or self.left >= len(octets):
            self.left -= len(octets)
            super().write(octets)
            return
        breakage, self.breakage = self.breakage, None
        if breakage.how in ENDS:
            super().write(octets[:self.left])
            raise Broken
        if breakage.how == "split":
            super().write(octets[:self.left])
            time.sleep(BETWEEN_PIECES)
            super().write(octets[self.left:])
        else:
            super().write(breakage.changed(octets, self.left))
