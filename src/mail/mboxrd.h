#ifndef MAIL_MBOXRD_H
#define MAIL_MBOXRD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "mail/eol.h"

/*
 * Converts a message to mboxrd format, in chunks of any size: adds a From_ line made from
 * Return-Path and Date, adds a ">" to each line that consists of ">"s and "From ", converts CRLF to
 * LF unless CRLF is kept, and appends an empty line. The beginning is held back until the header is
 * complete, up to 64 KiB.
 */
struct mboxrd {
	bool crlf;
	int64_t now;
	struct eol eol;
	struct buffer held; /* the beginning of the message, until the From_ line is written */
	bool begun;	    /* the From_ line is written */
	struct buffer line; /* the beginning of a line that may need a ">", such as ">>Fro" */
	bool in_line;	    /* past that beginning */
	bool ends_line;	    /* the last octet was an LF */
	struct buffer *out;
};

/*
 * Prepares for another message; keeps its memory. now: seconds since 1970, used when there is no
 * valid Date field. out is borrowed until mboxrd_end.
 */
void mboxrd_begin(struct mboxrd *mbox, bool crlf, int64_t now, struct buffer *out);
void mboxrd_feed(struct mboxrd *mbox, const char *data, size_t length);
void mboxrd_end(struct mboxrd *mbox);

void mboxrd_release(struct mboxrd *mbox);

#endif
