"""Self-signed certificates for servers and clients on loopback."""

import hashlib
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.servers.programs import path_to


@dataclass(frozen=True, slots=True)
class Certificate:
    """PEM files: the certificate, its key, and both in one file as clients like it."""

    cert: Path
    key: Path
    both: Path

    @property
    def sha256(self) -> str:
        """The fingerprint as IRC services store it: SHA-256 of the DER form, lower-case hex."""
        der = ssl.PEM_cert_to_DER_cert(self.cert.read_text(encoding="ascii"))
        return hashlib.sha256(der).hexdigest()

    def client_context(self) -> ssl.SSLContext:
        """A client's TLS context that trusts this certificate and nothing else."""
        context = ssl.create_default_context(cafile=str(self.cert))
        context.check_hostname = True
        return context


def make_certificate(folder: Path, name: str = "localhost", days: int = 30) -> Certificate:
    """A new self-signed certificate for `name`, localhost and 127.0.0.1, its files in `folder`.

    Negative `days` make one that has expired.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = Certificate(folder / f"{name}.crt", folder / f"{name}.key", folder / f"{name}.pem")
    subprocess.run(_openssl(made, name, days), check=True, capture_output=True)
    made.both.write_bytes(made.cert.read_bytes() + made.key.read_bytes())
    for file in (made.cert, made.key, made.both):
        file.chmod(0o644)  # servers that drop root have to read them; the key guards nothing
    return made


def _openssl(files: Certificate, name: str, days: int) -> list[str]:
    return [
        *(path_to("openssl"), "req", "-x509", "-newkey", "ec"),
        *("-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
        *("-keyout", str(files.key), "-out", str(files.cert)),
        *("-days", str(days), "-subj", f"/CN={name}"),
        *("-addext", f"subjectAltName=DNS:{name},DNS:localhost,IP:127.0.0.1"),
    ]
