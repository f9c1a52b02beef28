"""Plays one connection: the server's action for each step of a conversation."""

import os.path
import re

import conversation
from stream import Gone

DATA = os.path.join(os.path.dirname(__file__), "../data")
SHOWN = 200  # octets


class Mismatch(Exception):
    """The client deviated from the script."""


class Finished(Exception):
    """The connection is complete although steps are left."""


class Performance:
    """Plays the server's side of one connection. Each kind of step has its method."""

    def __init__(self, channel, certificates):
        self.channel = channel
        self.certificates = certificates

    def play(self, steps):
        place = ""
        try:
            for step in steps:
                place = f"line {step.line}: "
                self.perform(step)
            place = "after the last step: "
            self.finish()
        except Finished:
            pass
        except (Mismatch, Gone, OSError) as mismatch:
            self.channel.stream.reset()
            raise Mismatch(f"{place}{mismatch}") from None

    def perform(self, step):
        try:
            self.METHODS[step.what](self, step)
            if step.optional:
                self.channel.flush()
        except Gone as error:
            self.end_early(step, error)

    def end_early(self, step, why):
        """The client closed, which is allowed where the step is optional."""
        if step.optional:
            raise Finished
        raise Mismatch(why)

    def finish(self):
        self.channel.close_notify()
        self.channel.close()
        self.expect_nothing(self.channel.read_rest())

    def send(self, step):
        ending = b"\r\n" if step.what == "S:" else b""
        for number in range(1, step.times + 1):
            self.channel.send(conversation.expand(step.text, number) + ending)

    def send_file(self, step):
        self.channel.send(read_file(step.text))

    def send_message(self, step):
        octets = read_file(step.text)
        if octets and not octets.endswith(b"\r\n"):
            octets += b"\r\n"
        self.channel.send(re.sub(rb"(\A|\r\n)\.", rb"\1..", octets) + b".\r\n")

    def expect_line(self, step):
        for number in range(1, step.times + 1):
            expected = conversation.expand(step.text, number) + b"\r\n"
            self.compare(step, expected, self.channel.read_line())

    def expect_octets(self, step):
        for number in range(1, step.times + 1):
            expected = conversation.expand(step.text, number)
            self.compare(step, expected, self.channel.read_octets(len(expected)))

    def expect_match(self, step):
        for _ in range(step.times):
            line = self.channel.read_line()
            if not line:
                self.end_early(step, f"expected /{step.text}/, but the client closed")
            if not re.fullmatch(step.text + "\r\n", line.decode("latin-1")):
                raise Mismatch(f"expected /{step.text}/, got {shown(line)}")

    def expect_end(self, step):
        self.expect_nothing(self.channel.read_rest())

    def expect_quiet(self, step):
        self.expect_nothing(self.channel.read_arrived())

    def start_tls(self, step):
        names = []
        try:
            self.channel.start_tls(self.context(step, names))
        except OSError as error:
            self.end_early(step, f"no handshake: {error}")
        wanted = [word[4:] for word in step.text.split() if word.startswith("sni=")]
        if wanted and wanted != names:
            raise Mismatch(f"expected the server name {wanted[0]}, got {names}")

    def expect_tls_refusal(self, step):
        try:
            self.channel.start_tls(self.context(step, []))
        except OSError:  # includes SSLError
            pass
        self.finish()
        raise Finished

    def refuse_tls(self, step):
        """In TLS 1.3 the client may have sent application data before it sees the refusal."""
        try:
            self.channel.start_tls(self.context(step, []))
        except OSError:  # includes SSLError
            self.channel.close()
            self.channel.read_rest()
            raise Finished from None
        raise Mismatch("the handshake succeeded")

    def close_tls(self, step):
        self.channel.close_notify()
        self.channel.close()

    def close(self, step):
        self.channel.close()

    def reset(self, step):
        self.channel.reset()
        raise Finished

    def stall(self, step):
        self.channel.wait_until_gone()
        raise Finished

    def context(self, step, names):
        import tls
        words = [word for word in step.text.split() if not word.startswith("sni=")]
        return tls.context(self.certificates, words, names.append)

    def compare(self, step, expected, got):
        if not got:
            self.end_early(step, f"expected {shown(expected)}, but the client closed")
        if got != expected:
            raise Mismatch(f"expected {shown(expected)}, got {shown(got)}")

    def expect_nothing(self, got):
        if got:
            raise Mismatch(f"unexpected {shown(got)}")

    METHODS = {
        "S:": send,
        "S|": send,
        "FILE": send_file,
        "MESSAGE": send_message,
        "C:": expect_line,
        "C|": expect_octets,
        "C~": expect_match,
        "QUIET": expect_quiet,
        "EOF": expect_end,
        "TLS": start_tls,
        "TLS-REFUSED": expect_tls_refusal,
        "TLS-REFUSES": refuse_tls,
        "TLS-CLOSE": close_tls,
        "CLOSE": close,
        "RESET": reset,
        "STALL": stall,
    }


def read_file(path):
    with open(os.path.join(DATA, path), "rb") as file:
        return file.read()


def shown(octets):
    """Octets as a string for the verdict, truncated when long."""
    text = octets[:SHOWN].decode("latin-1")
    text = text[:-2] if text.endswith("\r\n") else text
    more = f"… ({len(octets)} octets)" if len(octets) > SHOWN else ""
    return '"' + text.encode("unicode_escape").decode() + '"' + more
