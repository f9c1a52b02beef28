#!/usr/bin/python3 -SB
"""Fill a Maildir: fill.py MAILDIR MESSAGES OCTETS

The names contain the sizes with LF and with CRLF (Maildir++), so that no server needs to count.

The messages look like mail: a header with some fields, then text with dots, a line end every 78
octets as in base64, and some lines that an mbox has to quote.
"""

import os
import sys

HEADER = """Return-Path: <ann@example.org>
Received: from mail.example.org (mail.example.org [192.0.2.1]) by mx.example.net with ESMTPS;
\tMon, 2 Jan 2023 03:04:06 +0000
From: Ann <ann@example.org>
To: Bob <bob@example.net>
Date: Mon, 2 Jan 2023 03:04:05 +0000
Message-ID: <{number}.bench@example.org>
Subject: Message {number}

"""
LINE = "The quick brown fox jumps over the lazy dog and goes on 0123456789 abcdefghi.\n"
QUOTED = "From here on all is as it was.\n"
DOTTED = ".signature\n"


def body(octets):
    block = (LINE * 40 + QUOTED + LINE * 40 + DOTTED) * 100
    while octets > 0:
        yield block[:octets - 1] + "\n" if octets <= len(block) else block
        octets -= len(block)


def main(maildir, messages, octets):
    for number in range(1, int(messages) + 1):
        header = HEADER.format(number=number)
        lines = header.count("\n")
        path = os.path.join(maildir, "new", f"{1700000000 + number}.M{number}P1.bench")
        with open(path, "w") as file:
            file.write(header)
            for part in body(int(octets) - len(header)):
                lines += part.count("\n")
                file.write(part)
        os.rename(path, f"{path},S={octets},W={int(octets) + lines}")


if __name__ == "__main__":
    main(*sys.argv[1:])
