#ifndef NET_CERTIFICATE_H
#define NET_CERTIFICATE_H

#include <openssl/types.h>

#include "base/buffer.h"
#include "pop3/diagnostics.h"

/* What a certificate says, without a word on whether that is to be believed. */

/* Appends "sha256//BASE64" of its public key, as pins are written (RFC 7469 section 2.4). */
int certificate_pin(const X509 *certificate, struct buffer *out, struct pop3_error *err);

/* Fills in the report of a chain that is about to be verified. */
void certificate_diagnose(const X509_STORE_CTX *context, const char *name,
			struct pop3_diagnostics *diagnostics);

#endif
