#ifndef MAIL_DIGEST_H
#define MAIL_DIGEST_H

#include <stdint.h>

#define DIGEST_SIZE 65 /* size of the text, NUL included */

/* The SHA-256 digest of part of a file, in hex. -1 when it cannot be read or is too short. */
int digest_file(int fd, uint64_t from, uint64_t length, char text[DIGEST_SIZE]);

#endif
