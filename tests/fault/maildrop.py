"""A fault-injecting POP3 server in memory: one maildrop, and streams that fail on demand."""

import contextlib
import socket
import threading

from recorded import Recorded
from session import Session
from stream import Gone


class Maildrop:
    """The messages by UID, and a thread that serves them on a free port of loopback.

    In clear without a context, else over TLS, or after STLS. With a recording, as that server
    spoke that was recorded.
    """

    def __init__(self, messages, context=None, stls=False, pipelining=True, recording=None):
        self.messages = dict(messages)
        self.context = context
        self.stls = stls
        self.pipelining = pipelining
        self.recording = recording
        self.breakage = None
        self.commits = True  # at QUIT; otherwise marked messages stay
        self.sent = 0  # octets in the last session
        self.hit = None  # its broken answer
        self.bared = False  # the password was sent in clear text instead of over TLS
        self.changed = threading.Condition()
        self.busy, self.doorbell, self.rung = 0, None, False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                connection, address = self.listener.accept()
            except OSError:
                return
            with self.changed:
                self.busy += address != self.doorbell
                self.rung = self.rung or address == self.doorbell
                self.changed.notify_all()
            if address == self.doorbell:
                connection.close()
            else:
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            with contextlib.suppress(Gone, OSError):
                (Recorded if self.recording else Session)(self, connection).run()
        finally:
            connection.close()
            with self.changed:
                self.busy -= 1
                self.changed.notify_all()

    def wait_until_idle(self):
        """All sessions of dead clients have ended, with or without QUIT."""
        with socket.socket() as last:  # queued after them
            last.bind(("127.0.0.1", 0))
            self.rung, self.doorbell = False, last.getsockname()
            last.connect(("127.0.0.1", self.port))
            with self.changed:
                self.changed.wait_for(lambda: self.rung and self.busy == 0)

    def close(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
