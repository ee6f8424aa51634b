"""TLS towards an IRC server: verified unless the operator says otherwise, with our certificate."""

import ssl

from hub.config import Network


def context(network: Network) -> ssl.SSLContext | None:
    """Return how to speak TLS with a network; None where it is off.

    Raises: OSError (ssl.SSLError too) when a file of the configuration can't be read.
    """
    if not network.tls:
        return None
    made = ssl.create_default_context(cafile=network.tls_ca or None)
    if not network.tls_verify:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    if network.sasl is not None and network.sasl.cert:
        made.load_cert_chain(network.sasl.cert)
    return made
