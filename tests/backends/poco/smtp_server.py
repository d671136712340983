"""A real SMTP server (aiosmtpd) for one test: smtp_server.py MODE FOLDER.

Prints its port, writes every letter it took to FOLDER/N.eml with the envelope before it, and ends with its
standard input. Modes: plain, starttls, tls, login (STARTTLS and a password), unknown (550 to the recipient),
busy (451), dropping (hangs up instead of the answer to the letter), slow (answers a while after it took the
letter), silent (never says a word).
"""

import asyncio
import datetime
import ipaddress
import pathlib
import socket
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

MODE, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
sys.stderr = open(FOLDER / "log", "w", encoding="utf-8")  # kept out of the way of the test's own


class Box:
    def __init__(self):
        self.count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if MODE == "unknown":
            return f"550 <{address}> is not known here"
        if MODE == "busy":
            return f"451 <{address}> later, please"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        facts = f"X-From: {envelope.mail_from}\r\nX-To: {','.join(envelope.rcpt_tos)}\r\n"
        facts += f"X-Tls: {server.transport.get_extra_info('cipher') is not None}\r\n"
        facts += f"X-Login: {session.auth_data}\r\n"
        whole = facts.encode() + envelope.original_content
        part = FOLDER / f"{self.count}.part"
        part.write_bytes(whole)
        part.rename(FOLDER / f"{self.count}.eml")
        if MODE == "dropping":
            server.transport.abort()
        if MODE == "slow":
            await asyncio.sleep(1)
        return "250 taken"


def certificate():
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail test")])
    now = datetime.datetime.now(datetime.timezone.utc)
    names = [x509.DNSName("localhost")]
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName(names), False)
        .add_extension(x509.BasicConstraints(True, None), True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (FOLDER / "ca.pem").write_bytes(made.public_bytes(pem))
    (FOLDER / "key.pem").write_bytes(key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(FOLDER / "ca.pem", FOLDER / "key.pem")
    return context


def check(server, session, envelope, mechanism, data):
    right = (data.login, data.password) == (b"letters", b"p@ss:word/")
    return AuthResult(success=right, handled=False, auth_data=data.login.decode())


class Server(Controller):
    def factory(self):
        more = {}
        if MODE in ("starttls", "login"):
            more = {"tls_context": CONTEXT, "require_starttls": True}
        if MODE == "login":
            more |= {"authenticator": check, "auth_required": True, "auth_require_tls": True}
        return SMTP(self.handler, hostname="localhost", **more)

    def _trigger_server(self):
        """As aiosmtpd's, but at the port that the kernel chose, and without its second of patience."""
        self.port = self.server.sockets[0].getsockname()[1]
        with socket.create_connection((self.hostname, self.port), 60) as plain:
            if self.ssl_context:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
                with context.wrap_socket(plain) as secured:
                    secured.recv(1024)
            else:
                plain.recv(1024)


if MODE == "silent":
    door = socket.create_server(("127.0.0.1", 0))
    print(door.getsockname()[1], flush=True)
    sys.stdin.read()
    sys.exit()

CONTEXT = certificate()
tls = CONTEXT if MODE == "tls" else None
controller = Server(Box(), hostname="127.0.0.1", port=0, ssl_context=tls, ready_timeout=60)
controller.start()
print(controller.port, flush=True)
sys.stdin.read()
controller.stop()
