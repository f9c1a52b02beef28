"""The server's side of TLS, as described by the words after the action TLS."""

import ssl

VERSIONS = {
    "max-1.0": ssl.TLSVersion.TLSv1,
    "max-1.1": ssl.TLSVersion.TLSv1_1,
    "max-1.2": ssl.TLSVersion.TLSv1_2,
}


def context(folder, words, on_server_name):
    """A context from `[CERTIFICATE] [max-V] [client-certificate]`; passes SNI to on_server_name."""
    certificate = "good"
    result = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    result.set_ciphers("ALL:@SECLEVEL=0")  # the client decides what is too weak
    result.minimum_version = ssl.TLSVersion.TLSv1
    for word in words:
        if word in VERSIONS:
            result.maximum_version = VERSIONS[word]
        elif word == "client-certificate":
            result.verify_mode = ssl.CERT_REQUIRED
            result.load_verify_locations(f"{folder}/ca.pem")
        else:
            certificate = word
    result.load_cert_chain(f"{folder}/{certificate}.pem", f"{folder}/{certificate}.key")
    result.sni_callback = lambda tls, name, _: on_server_name(name)
    return result
