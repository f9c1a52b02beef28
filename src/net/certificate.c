/* Reads certificates: the pin of the public key, and the details for the diagnostics. */
#include "net/certificate.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

#include "base/base64.h"
#include "base/clock.h"
#include "net/trust.h"

int certificate_pin(const X509 *certificate, struct buffer *out, struct pop3_error *err)
{
	unsigned char *key = NULL, digest[EVP_MAX_MD_SIZE];
	unsigned int length = 0;
	const int key_length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &key);
	const bool done = key_length > 0 && EVP_Digest(key, (size_t)key_length, digest, &length,
						       EVP_sha256(), NULL) == 1;

	OPENSSL_free(key);
	if (!done)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	buffer_append_text(out, "sha256//");
	base64_encode(out, digest, length);
	return buffer_check(out, POP3_E_MEMORY, err);
}

/* --- diagnostics --- */

static void print_name(const X509_NAME *name, char *text)
{
	BIO *const out = BIO_new(BIO_s_mem());
	int length = 0;

	if (out != NULL &&
	    X509_NAME_print_ex(out, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0)
		length = BIO_read(out, text, POP3_DIAGNOSTICS_TEXT - 1);
	text[length > 0 ? length : 0] = '\0';
	BIO_free(out);
}

static int64_t unix_time(const ASN1_TIME *time)
{
	struct tm utc;

	return ASN1_TIME_to_tm(time, &utc) != 0 ? clock_from_utc(&utc) : 0;
}

static void print_host_or_address(const GENERAL_NAME *name, struct buffer *out)
{
	const ASN1_STRING *const value =
		name->type == GEN_DNS ? name->d.dNSName : name->d.iPAddress;
	const unsigned char *const octets = ASN1_STRING_get0_data(value);
	const int length = ASN1_STRING_length(value);

	if (name->type == GEN_IPADD) {
		char text[INET6_ADDRSTRLEN];

		if ((length == 4 || length == 16) &&
		    inet_ntop(length == 4 ? AF_INET : AF_INET6, octets, text, sizeof text) != NULL)
			buffer_append_text(out, text);
		return;
	}
	/* Octets that no host name contains, above all NUL, must not hide what follows. */
	for (int i = 0; i < length; i++)
		buffer_append_octet(out, octets[i] > ' ' ? (char)octets[i] : '?');
}

static void print_names(const X509 *certificate, char *text)
{
	GENERAL_NAMES *const names =
		X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	struct buffer all = { .limit = POP3_DIAGNOSTICS_NAMES - 1 };
	size_t whole = 0;

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *const name = sk_GENERAL_NAME_value(names, i);

		if (name->type != GEN_DNS && name->type != GEN_IPADD)
			continue;
		if (all.length > 0)
			buffer_append_text(&all, ", ");
		print_host_or_address(name, &all);
		if (all.over_limit)
			break;
		whole = all.length;
	}
	memcpy(text, buffer_text(&all), whole);
	text[whole] = '\0';
	buffer_release(&all);
	GENERAL_NAMES_free(names);
}

void certificate_diagnose(const X509_STORE_CTX *context, const char *name,
			struct pop3_diagnostics *diagnostics)
{
	const STACK_OF(X509) *const chain = X509_STORE_CTX_get0_untrusted(context);
	X509 *const own = X509_STORE_CTX_get0_cert(context);
	struct buffer pin = { .limit = sizeof diagnostics->pin - 1 };
	struct pop3_error ignored;
	int length = sk_X509_num(chain);

	if (length > POP3_DIAGNOSTICS_CHAIN)
		length = POP3_DIAGNOSTICS_CHAIN;
	for (int i = 0; i < length; i++) {
		const X509 *const certificate = sk_X509_value(chain, i);
		struct pop3_certificate *const out = &diagnostics->chain[i];

		print_name(X509_get_subject_name(certificate), out->subject);
		print_name(X509_get_issuer_name(certificate), out->issuer);
		print_names(certificate, out->names);
		out->not_before = unix_time(X509_get0_notBefore(certificate));
		out->not_after = unix_time(X509_get0_notAfter(certificate));
	}
	diagnostics->chain_length = length > 0 ? (size_t)length : 0;
	diagnostics->is_named = trust_finds_name(own, name);
	if (certificate_pin(own, &pin, &ignored) == 0)
		memcpy(diagnostics->pin, pin.data, pin.length + 1);
	buffer_release(&pin);
	/* An unreadable certificate must not pass for the reason why the handshake failed. */
	ERR_clear_error();
}
