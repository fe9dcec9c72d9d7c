"""Debian's mail server exim on a port of this computer, with a configuration, a spool and a mailbox of its own."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import trustme

from .loopback import free_port

CONFIGURATION = """\
primary_hostname = localhost
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/exim.pid
keep_environment =
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
host_lookup =
tls_advertise_hosts = *
tls_certificate = {folder}/certificate.pem
tls_privatekey = {folder}/key.pem
auth_advertise_hosts = ${{if eq{{$tls_in_cipher}}{{}}{{}}{{*}}}}
acl_smtp_rcpt = rcpt
acl_smtp_data = accept
deliver_drop_privilege = true
begin acl
rcpt:
  deny !authenticated = *
  deny recipients = nobody@example.net
       message = nobody of this name
  defer recipients = grey@example.net
        condition = ${{if exists{{{folder}/again}}{{no}}{{yes}}}}
        message = greylisted, come back
  accept
begin routers
  everybody:
    driver = accept
    transport = box
begin transports
  box:
    driver = appendfile
    directory = {folder}/box
    maildir_format
    create_directory
    envelope_to_add
begin authenticators
  plain:
    driver = plaintext
    public_name = PLAIN
    server_prompts = :
    server_condition = ${{if and{{{{eq{{$auth2}}{{{user}}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
    server_set_id = $auth2
"""


def exim() -> str | None:
    """Its program. It keeps its privileges only for root, who may give it a configuration."""
    program = shutil.which("exim4", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    return program if program and os.geteuid() == 0 else None


class Exim:
    """A running server: its port, its authority's certificate, and what has arrived."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.certificates = str(folder / "authority.pem")

    def arrived(self, number: int) -> list[bytes]:
        """The messages in the mailbox, oldest first, once there are that many."""
        until = time.monotonic() + 20
        while True:
            found = sorted((self.folder / "box" / "new").glob("*"))
            if len(found) >= number or time.monotonic() > until:
                return [path.read_bytes() for path in found]
            time.sleep(0.05)

    def relent(self) -> None:
        """Take what was greylisted from now on."""
        (self.folder / "again").touch()


@contextmanager
def running(program: str, authority: trustme.CA, user: str, password: str) -> Iterator[Exim]:
    with tempfile.TemporaryDirectory(prefix="exim") as place:
        folder, port = Path(place), free_port()
        folder.chmod(0o755)
        own = authority.issue_cert("localhost")
        authority.cert_pem.write_to_path(str(folder / "authority.pem"))
        own.private_key_pem.write_to_path(str(folder / "key.pem"))
        (folder / "certificate.pem").write_bytes(b"".join(one.bytes() for one in own.cert_chain_pems))
        for name in ("spool", "log", "box"):
            (folder / name).mkdir()
        mail = pwd.getpwnam("Debian-exim")
        for path in (folder, *folder.rglob("*")):
            os.chown(path, mail.pw_uid, mail.pw_gid)
        configuration = folder / "configuration"
        configuration.write_text(CONFIGURATION.format(folder=folder, port=port, user=user, password=password))
        with subprocess.Popen([program, "-C", configuration, "-bdf", "-q1m"], stderr=subprocess.PIPE) as server:
            try:
                until = time.monotonic() + 20
                while not _answers(port):
                    assert server.poll() is None, server.stderr and server.stderr.read().decode()
                    assert time.monotonic() < until
                    time.sleep(0.05)
                yield Exim(folder, port)
            finally:
                server.terminate()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
