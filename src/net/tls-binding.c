/* The channel binding of a connection under TLS (RFC 5929, RFC 9266). */
#include "net/tls-binding.h"

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

/*
 * RFC 5929 section 4.1: the digest of the certificate's own signature, but SHA-256 in place of
 * MD5 and SHA-1, and none where the signature has no digest (EdDSA).
 */
static size_t end_point(SSL *ssl, unsigned char *data)
{
	X509 *const certificate = SSL_get0_peer_certificate(ssl);
	int digest_nid = NID_undef;
	const EVP_MD *digest;
	unsigned int length = 0;

	if (certificate == NULL ||
	    X509_get_signature_info(certificate, &digest_nid, NULL, NULL, NULL) != 1)
		return 0;
	if (digest_nid == NID_md5 || digest_nid == NID_sha1)
		digest_nid = NID_sha256;
	digest = EVP_get_digestbynid(digest_nid);
	if (digest == NULL || X509_digest(certificate, digest, data, &length) != 1)
		return 0;
	return length;
}

const char *tls_binding_of(SSL *ssl, unsigned char *data, size_t *length)
{
	static const char label[] = "EXPORTER-Channel-Binding";

	if (SSL_version(ssl) >= TLS1_3_VERSION) {
		*length = 32;
		return SSL_export_keying_material(ssl, data, 32, label, sizeof label - 1,
						  (const unsigned char *)"", 0, 1) == 1
			       ? "tls-exporter"
			       : NULL;
	}
	*length = end_point(ssl, data);
	return *length > 0 ? "tls-server-end-point" : NULL;
}
