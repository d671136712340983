#!/usr/bin/env python3
"""Recipients for `fedtrail recipients refresh`, and an origin: refresh_servers.py FOLDER [PORT].

One process answers for every name below .social.test and .s.test, over TLS at loopback; FOLDER/ca.pem is the authority to trust. What a
name begins with says how it behaves. Prints its port; ends when its standard input does. Every request is a line of
FOLDER/requests: name, method, path, the conditional header it came with.
"""

import datetime
import http.server
import json
import os
import pathlib
import ssl
import sys
import threading
import time
import urllib.parse

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

FOLDER = pathlib.Path(sys.argv[1])
LOCK = threading.Lock()
POLICY = FOLDER / "policy"  # what the policies say now; a test may write another one
HOLD = FOLDER / "hold"  # as long as it is there, names that end in 20 or more are not answered

PRIVACY = """<h1>Privacy</h1><p>The data controller is the Example Foundation.</p>
<p>Keizersgracht 1<br>1015 CN Amsterdam<br>Netherlands</p>
<p>If you have questions, write to privacy@social.test.</p>
<p>We retain the addresses of registered users for no more than {time}.</p>
<p>We do not sell or transfer your data to outside parties.</p>
<p>You have the right to access your data and to have it erased.</p>"""


def certificates() -> pathlib.Path:
    key, ca_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.utcnow()

    def made(subject, public, names, authority):
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "refresh test")]))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=2))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(n) for n in names]), critical=False)
        return builder.sign(ca_key, hashes.SHA256())

    pem = serialization.Encoding.PEM
    actor = FOLDER / "actor.pem"  # a signing key for whoever needs one
    actor.touch(0o600)
    signing = rsa.generate_private_key(65537, 2048)
    actor.write_bytes(signing.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    (FOLDER / "ca.pem").write_bytes(made("refresh test", ca_key.public_key(), [], True).public_bytes(pem))
    leaf = FOLDER / "leaf.pem"
    leaf.write_bytes(
        made("test", key.public_key(), ["*.social.test", "*.s.test"], False).public_bytes(pem)
        + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return leaf


class Recipient(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "test"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", kind="application/json", **headers):
        if isinstance(body, str):
            body = body.encode()
        tag = f'"{hash(body) & 0xFFFFFFFF:x}"'
        if status == 200 and self.headers.get("If-None-Match") == tag:
            status, body = 304, b""
        self.send_response(status)
        if status in (200, 304):
            self.send_header("ETag", tag)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def host(self):
        return self.headers.get("Host", "").split(":")[0]

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.do_GET()

    def do_GET(self):
        name = self.host()
        with LOCK, open(FOLDER / "requests", "a", encoding="utf-8") as log:
            log.write(f"{name} {self.command} {self.path} {self.headers.get('If-None-Match', '-')}\n")
        kind = name.split(".")[0].rstrip("0123456789")
        while int(name.split(".")[0].removeprefix(kind) or 0) >= 20 and HOLD.exists():
            time.sleep(0.02)
        getattr(self, f"be_{kind}", self.be_plain)(name)

    def nodeinfo(self, name, software, users, metadata=None, version="1.0"):
        if self.path == "/.well-known/nodeinfo":
            rel = "http://nodeinfo.diaspora.software/ns/schema/2.0"
            self.answer(200, json.dumps({"links": [{"rel": rel, "href": f"https://{name}/n"}]}))
        elif self.path == "/n":
            document = {"software": {"name": software, "version": version}, "openRegistrations": True,
                        "usage": {"users": {"total": users}}, "metadata": metadata or {}}  # fmt: skip
            self.answer(200, json.dumps(document))
        else:
            return False
        return True

    def be_plain(self, name):
        if not self.nodeinfo(name, "snac", 3):
            self.answer(404)

    def be_alice(self, name):
        if not self.nodeinfo(name, "gotosocial", 1):
            self.answer(404)

    def be_masto(self, name):
        if self.nodeinfo(name, "mastodon", 300):
            return
        if self.path == "/api/v2/instance":
            urls = {"privacy_policy": f"https://{name}/privacy-policy"}
            self.answer(200, json.dumps({"domain": name, "contact": {"email": f"admin@{name}"}, "languages": ["en"],
                                         "configuration": {"urls": urls}}))  # fmt: skip
        elif self.path == "/api/v1/instance/privacy_policy":
            time_kept = POLICY.read_text() if POLICY.exists() else "12 months"
            self.answer(200, json.dumps({"content": PRIVACY.format(time=time_kept)}))
        else:
            self.answer(404)

    be_m = be_masto

    def be_liar(self, name):
        """It is masto.social.test, it says."""
        if self.nodeinfo(name, "mastodon", 9):
            return
        if self.path == "/api/v2/instance":
            self.answer(200, json.dumps({"domain": "masto.social.test"}))
        else:
            self.answer(404)

    def be_web(self, _):
        """An origin whose accounts are at another domain; FOLDER/gone ends them."""
        if self.path.startswith("/.well-known/webfinger"):
            self.webfinger()
        else:
            self.answer(410 if (FOLDER / "gone").exists() else 200, "{}")

    def be_accounts(self, _):
        """That domain: it sends on to the origin, as Mastodon's documentation says."""
        if self.path.startswith("/.well-known/webfinger"):
            self.answer(301, Location=f"https://web.social.test{self.path}")
        else:
            self.answer(404)

    def be_ids(self, host):
        """An origin whose addresses of accounts hold no names."""
        if self.path.startswith("/.well-known/webfinger"):
            self.webfinger(host, f"https://{host}/ap/users/115678901234567890")
        else:
            self.answer(404)

    def webfinger(self, host="accounts.social.test", actor=None):
        name = urllib.parse.parse_qs(self.path.partition("?")[2])["resource"][0].removeprefix("acct:").partition("@")[0]
        href = actor or f"https://web.social.test/users/{name}"
        link = {"rel": "self", "type": "application/activity+json", "href": href}
        self.answer(200, json.dumps({"subject": f"acct:{name}@{host}", "links": [link]}))

    def be_keeps(self, name):
        """A Mastodon in name that keeps everything."""
        if self.command == "POST":
            self.answer(202)
        elif self.path == "/api/v1/accounts/lookup?acct=alice%40accounts.social.test":
            self.answer(200, json.dumps({"id": "1"}))
        elif not self.nodeinfo(name, "mastodon", 300, version="4.4.8"):
            self.answer(404, json.dumps({"error": "Record not found"}))

    def be_endless(self, _):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"[" * 65536)
        except OSError:
            self.close_connection = True

    def be_slow(self, _):
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        try:
            for _ in range(100):
                self.wfile.write(b" ")
                time.sleep(1)
        except OSError:
            self.close_connection = True

    def be_circle(self, name):
        self.answer(302, Location=f"https://{name}{self.path}?")

    def be_inside(self, _):
        self.answer(302, Location="https://10.0.0.1/")

    def be_deep(self, name):
        if not self.nodeinfo(name, "mastodon", 5, {"x": {}}):
            self.answer(200, "[" * 100_000 + "]" * 100_000)

    def be_swollen(self, name):
        if not self.nodeinfo(name, "n" * 200, 5, {"maintainer": {"name": "x" * 10_000_000}}):
            self.answer(404)

    def be_busy(self, _):
        self.answer(429, Retry_After="3600")


def main():
    leaf = certificates()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(leaf)

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, *_):
            pass

        def get_request(self):
            socket, address = super().get_request()
            return context.wrap_socket(socket, server_side=True, do_handshake_on_connect=False), address

    server = Server(("127.0.0.1", int(sys.argv[2]) if len(sys.argv) > 2 else 0), Recipient)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()
    os._exit(0)


main()
