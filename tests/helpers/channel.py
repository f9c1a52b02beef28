"""One connection with its two buffers, over a stream that STLS replaces."""

from stream import AT_ONCE, Clear, Tls


class Channel:
    def __init__(self, connection, most):
        self.stream = Clear(connection, most)
        self.unsent = bytearray()  # sent when the server next waits for the client
        self.unread = bytearray()

    def send(self, octets):
        self.unsent += octets
        if len(self.unsent) >= AT_ONCE:
            self.flush()

    def flush(self):
        octets, self.unsent = self.unsent, bytearray()
        self.stream.write(octets)

    def receive(self):
        """Wait for octets and keep them in `unread`; False at the end of the stream."""
        self.flush()
        octets = self.stream.read()
        self.unread += octets
        return bool(octets)

    def read_line(self):
        """A line with its LF, or an incomplete line if the client closes first."""
        seen = 0
        while (end := self.unread.find(b"\n", seen)) < 0:
            seen = len(self.unread)
            if not self.receive():
                return self.take(seen)
        return self.take(end + 1)

    def read_octets(self, count):
        while len(self.unread) < count and self.receive():
            pass
        return self.take(count)

    def read_rest(self):
        """Everything the client sends until it closes."""
        while self.receive():
            pass
        return self.take(len(self.unread))

    def read_arrived(self):
        """The octets already received, without waiting."""
        self.flush()
        while self.stream.has_something() and self.receive():
            pass
        return self.take(len(self.unread))

    def take(self, count):
        octets = bytes(self.unread[:count])
        del self.unread[:count]
        return octets

    def start_tls(self, context):
        """Octets already received count as part of the handshake."""
        self.flush()
        self.stream = Tls(self.stream, context, self.take(len(self.unread)))

    def close_notify(self):
        self.flush()
        self.stream.close_notify()

    def close(self):
        self.flush()
        self.stream.close()

    def reset(self):
        self.flush()
        self.stream.reset()

    def wait_until_gone(self):
        self.flush()
        self.stream.wait_until_gone()
