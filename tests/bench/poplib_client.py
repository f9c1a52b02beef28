#!/usr/bin/python3 -SB
"""A client that uses Python's poplib: poplib_client.py VERB PORT USER PASSWORD CA-FILE MESSAGES"""

import poplib
import ssl
import sys

poplib._MAXLINE = 1 << 20


def main(verb, port, user, password, ca, messages):
    if ca:
        context = ssl.create_default_context(cafile=ca)
        server = poplib.POP3_SSL("127.0.0.1", int(port), context=context)
    else:
        server = poplib.POP3("127.0.0.1", int(port))
    server.user(user)
    server.pass_(password)
    for act in {
        "stat": lambda: [server.stat],
        "list": lambda: [server.list],
        "top": lambda: (lambda n=n: server.top(n, 0) for n in range(1, int(messages) + 1)),
        "fetch": lambda: (lambda n=n: server.retr(n) for n in range(1, int(messages) + 1)),
    }[verb]():
        act()
    server.quit()


if __name__ == "__main__":
    main(*sys.argv[1:])
