#ifndef NET_CERTIFICATE_H
#define NET_CERTIFICATE_H

#include <openssl/types.h>

#include "base/buffer.h"
#include "pop3/diagnostics.h"

/* Reading certificates, without deciding whether to trust them. */

/* Appends the pin of the public key, "sha256//BASE64" (RFC 7469 section 2.4). */
int certificate_pin(const X509 *certificate, struct buffer *out, struct pop3_error *err);

/* Records a chain that is about to be verified, and whether it matches name. */
void certificate_diagnose(const X509_STORE_CTX *context, const char *name,
			struct pop3_diagnostics *diagnostics);

#endif
