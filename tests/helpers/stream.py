"""The two kinds of stream under a connection; they have the same methods."""

import select
import socket
import struct

AT_ONCE = 65536


class Gone(Exception):
    """The client closed the connection while the server was sending."""


class Clear:
    """A socket. `most` bounds the octets of one write."""

    def __init__(self, connection, most):
        self.connection = connection
        self.most = most
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def read(self):
        """Some octets, or b"" at the end of the stream."""
        try:
            return self.connection.recv(AT_ONCE)
        except ConnectionError:
            return b""

    def write(self, octets):
        try:
            for start in range(0, len(octets), self.most):
                self.connection.sendall(octets[start:start + self.most])
        except ConnectionError as error:
            raise Gone("the client has closed the connection") from error

    def close_notify(self):
        """Only TLS has close-notify."""

    def close(self):
        """Send FIN: the server sends nothing more, but continues to read."""
        try:
            self.connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def reset(self):
        """Send RST: disconnect abruptly."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def has_something(self):
        return self._poll(select.POLLIN, 0)

    def wait_until_gone(self):
        """Wait until the client closes, and discard what it sends."""
        self._poll(select.POLLRDHUP, None)

    def _poll(self, events, timeout):
        poll = select.poll()
        poll.register(self.connection, events)
        return bool(poll.poll(timeout))


class Tls:
    """TLS over a plain stream. `early` are octets already read from it."""

    def __init__(self, clear, context, early):
        import ssl  # loads slower than the rest of the server, so only when needed
        self.ssl = ssl
        self.clear = clear
        self.received, self.encrypted = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.received.write(early)
        self.tls = context.wrap_bio(self.received, self.encrypted, server_side=True)
        try:
            self._until_done(self.tls.do_handshake)
        finally:
            self._answer()

    def read(self):
        try:
            return self._until_done(self.tls.read, AT_ONCE)
        except (self.ssl.SSLZeroReturnError, self.ssl.SSLEOFError):
            return b""
        except self.ssl.SSLError as error:
            if "_ALERT_" in error.reason:
                return b""
            raise

    def write(self, octets):
        for start in range(0, len(octets), AT_ONCE):
            self.tls.write(octets[start:start + AT_ONCE])
            self.clear.write(self.encrypted.read())

    def close_notify(self):
        """Send it without waiting for the client's, and keep the octets already received."""
        unread = self.received.read()
        try:
            self.tls.unwrap()
        except self.ssl.SSLError:
            pass
        self.received.write(unread)
        self._answer()

    def close(self):
        self.clear.close()

    def reset(self):
        self.clear.reset()

    def has_something(self):
        return self.tls.pending() or self.received.pending or self.clear.has_something()

    def wait_until_gone(self):
        self.clear.wait_until_gone()

    def _until_done(self, operation, *arguments):
        """Run a TLS operation, reading from the client while it needs more octets."""
        while True:
            try:
                return operation(*arguments)
            except self.ssl.SSLWantReadError:
                self._answer()
                octets = self.clear.read()
                if octets:
                    self.received.write(octets)
                else:
                    self.received.write_eof()

    def _answer(self):
        """Send what TLS itself has to send, even if the client has closed."""
        try:
            self.clear.write(self.encrypted.read())
        except Gone:
            pass  # the next read reports it
