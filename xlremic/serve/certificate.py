"""The certificate and the token of this computer, kept where only this user can read them."""

import ipaddress
import os
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ..files import write_whole

VALID, RENEW = timedelta(days=820), timedelta(days=30)


def state_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the certificate and the token are kept, for this user alone."""
    if environment.get("XLREMIC_STATE"):
        return Path(environment["XLREMIC_STATE"])
    if environment.get("LOCALAPPDATA"):
        return Path(environment["LOCALAPPDATA"], "xlremic")
    return Path(environment.get("XDG_STATE_HOME") or Path.home() / ".local" / "state", "xlremic")


def kept_token(folder: Path) -> str:
    """The token that the script and the server share; made once, since Excel keeps the script."""
    place = folder / "token"
    if not place.exists():
        _write_secret(place, secrets.token_urlsafe(32).encode())
    return place.read_text(encoding="ascii").strip()


def certificate(folder: Path, host: str, now: datetime | None = None) -> tuple[Path, Path]:
    """Files of a certificate for this computer and its key, made here when missing, for another host or nearly over.

    It is no authority: whoever trusts it trusts this server, and nothing that the key could sign.
    """
    from cryptography import x509  # noqa: PLC0415 - an extra
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID  # noqa: PLC0415

    now = now or datetime.now(UTC)
    public, private = folder / f"{_file_name(host)}.crt", folder / f"{_file_name(host)}.key"
    if public.exists() and private.exists():
        kept = x509.load_pem_x509_certificate(public.read_bytes())
        if kept.not_valid_after_utc - now > RENEW:
            return public, private
    names: list[x509.GeneralName] = []
    for name in dict.fromkeys(("localhost", "127.0.0.1", "::1", host)):
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            names.append(x509.DNSName(name))
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "xlremic on this computer")])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + VALID)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    _write_secret(private, key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    _write_secret(public, made.public_bytes(pem))
    return public, private


def _file_name(host: str) -> str:
    return "".join(letter if letter.isalnum() or letter in ".-" else "_" for letter in host)


def _write_secret(place: Path, content: bytes) -> None:
    """Write what only this user may read."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(place, content, mode=0o600)


def is_loopback(host: str) -> bool:
    """Whether only this computer can reach a host of this name."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
