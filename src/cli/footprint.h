#ifndef CLI_FOOTPRINT_H
#define CLI_FOOTPRINT_H

/*
 * Gives back the pages of program and libraries that only the way here needed: most of OpenSSL's
 * are those of the handshake. What is needed again is in the page cache. Best effort.
 */
void footprint_shrink(void);

#endif
