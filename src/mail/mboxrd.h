#ifndef MAIL_MBOXRD_H
#define MAIL_MBOXRD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "mail/eol.h"

/*
 * One message in mboxrd form, in any chunking: a From_ line made of Return-Path and Date, every
 * line of ">"s and "From " quoted by one ">" more, LF line ends unless CRLF is to be kept, and an
 * empty line behind. The beginning is held back until its header block is whole, or 64 KiB of it.
 */
struct mboxrd {
	bool crlf;
	int64_t now;
	struct eol eol;
	struct buffer held; /* the message's beginning, while the From_ line is not made */
	bool begun;	    /* the From_ line is out */
	struct buffer line; /* a line's beginning that may need a quote: ">"s and part of "From " */
	bool in_line;	    /* past what may need one */
	bool ends_line;	    /* the last octet was an LF */
	struct buffer *out;
};

/*
 * Ready for another message; keeps its memory. now: seconds since 1970, for a message without a
 * Date that can be read. out is borrowed until mboxrd_end.
 */
void mboxrd_begin(struct mboxrd *mbox, bool crlf, int64_t now, struct buffer *out);
void mboxrd_feed(struct mboxrd *mbox, const char *data, size_t length);
void mboxrd_end(struct mboxrd *mbox);

void mboxrd_release(struct mboxrd *mbox);

#endif
