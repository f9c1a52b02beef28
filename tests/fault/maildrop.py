"""A fault-injecting POP3 server in memory: one maildrop, and connections that break on demand."""

import contextlib
import socket
import threading

from recorded import Recorded
from session import Session
from stream import Gone


class Maildrop:
    """The messages by UID, and a thread that serves them on a free port of loopback.

    Without a context it serves clear text, otherwise implicit TLS or STLS. With a recording, it
    replays the answers of the recorded server.
    """

    def __init__(self, messages, context=None, stls=False, pipelining=True, recording=None):
        self.messages = dict(messages)
        self.context = context
        self.stls = stls
        self.pipelining = pipelining
        self.recording = recording
        self.breakage = None
        self.commits = True  # whether QUIT deletes the marked messages
        self.sent = 0  # octets in the last session
        self.sessions = []  # of the present run, in their order
        self.exposed = False  # the password was sent in clear text instead of over TLS
        self.changed = threading.Condition()
        self.busy, self.last_address, self.last_seen = 0, None, False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.listening = threading.Thread(target=self._listen, daemon=True)
        self.listening.start()

    def _listen(self):
        while True:
            try:
                connection, address = self.listener.accept()
            except OSError:
                return
            with self.changed:
                self.busy += address != self.last_address
                self.last_seen = self.last_seen or address == self.last_address
                self.changed.notify_all()
            if address == self.last_address:
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
        """Wait until all sessions have ended, those of dead clients included."""
        with socket.socket() as last:  # queued after them
            last.bind(("127.0.0.1", 0))
            self.last_seen, self.last_address = False, last.getsockname()
            last.connect(("127.0.0.1", self.port))
            with self.changed:
                self.changed.wait_for(lambda: self.last_seen and self.busy == 0)

    def close(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listening.join()  # otherwise it might accept from the next socket with this descriptor
        self.listener.close()
