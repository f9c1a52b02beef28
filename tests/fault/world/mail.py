"""The messages of a world, each in one of the unusual forms of real mail."""

from messages import BODIES
from parts import Message

WORDS = ("keep", "spam", "news")  # each subject has one of them, for filters to match
ENCODED = {word: f"=?UTF-8?Q?{''.join(f'={ord(c):02X}' for c in word)}?=" for word in WORDS}
LARGE = 3000  # about the octets of a large message
LIMIT = 2000  # octets, between a large message and all others


def plain(word, key, body):
    return f"From: ann@example.org\r\nSubject: {word} {key}\r\n\r\n".encode() + body


def folded(word, key, body):
    return f"Subject:\r\n {word}\r\n\t{key}\r\nFrom: ann\r\n\r\n".encode() + body


def encoded(word, key, body):
    return f"Message-ID: <{key}@x>\r\nSUBJECT: {ENCODED[word]}\r\n\r\n".encode() + body


def no_subject(_, key, body):
    return f"From: ann\r\nX-Key: {key}\r\n\r\n".encode() + body


def header_alone(word, key, _):
    return f"Subject: {word} {key}\r\n\r\n".encode()


def no_header(_, key, body):
    return f"\r\nwithout a header {key}\r\n".encode() + body


def alike(word, key, body):
    """A message with the header block of another one but a different body."""
    return f"From: ann\r\nSubject: {word}\r\n\r\n{key}\r\n".encode() + body


def dotted(_, key, body):
    return f".\r\nbehind a dot {key}\r\n\r\n".encode() + body


FORMS = {plain: 6, folded: 1, encoded: 1, no_subject: 1, header_alone: 1}
WITHOUT_SUBJECT = (no_subject, no_header, dotted)


def draw_message(chance, key, uid, forms=None, large=False):
    forms = {**FORMS, **(forms or {})}
    form = chance.choices(list(forms), list(forms.values()))[0]
    word = chance.choice(WORDS)
    body = BODIES[chance.choice([name for name in BODIES if name != b"Every octet"])]
    if large:
        form, body = plain, b"".join(b"%060d\r\n" % i for i in range(LARGE // 62))
    text = form(word, key, body)
    undotted = form is dotted
    return Message(key, uid, text, "" if form in WITHOUT_SUBJECT else word, undotted, undotted)
