#ifndef NET_TLS_BINDING_H
#define NET_TLS_BINDING_H

#include <openssl/types.h>
#include <stddef.h>

/* What tls_binding gives, of OpenSSL's connection. */
const char *tls_binding_of(SSL *ssl, unsigned char *data, size_t *length);

#endif
