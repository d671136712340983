"""Who the subject numbers are, and their keys (docs/formats/vault.md)."""

import hashlib
import hmac
import sqlite3

from blob import opened
from octets import Damaged

APPLICATION_ID = 0x46545641
LAST_MIGRATION = 6


def mac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def strings_in(octets: bytes) -> list[str]:
    """Texts behind their lengths, to the end."""
    texts = []
    while octets:
        size = int.from_bytes(octets[:2], "little")
        texts.append(octets[2 : 2 + size].decode())
        octets = octets[2 + size :]
    return texts


class Person:
    def __init__(self, number: int, key: bytes, identity: bytes):
        self.number, self.key = number, key
        self.signing_keys: dict[str, str] = {}
        form, known, texts = identity[0], identity[1], strings_in(identity[2:])
        if form not in (1, 2) or known > 2 or len(texts) != form + 2:
            raise Damaged(f"the identity of subject {number} has an unknown form")
        self.handle_known = ("none", "derived", "told")[known]
        self.origin, self.actor, self.handle = texts[:3]
        self.confirmed = texts[3] if form == 2 else ""


class Vault:
    def __init__(self, path: str, master: bytes):
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        if database.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise Damaged("the vault is no vault")
        if database.execute("PRAGMA user_version").fetchone()[0] > LAST_MIGRATION:
            raise Damaged("the vault is of a newer version")
        self.wrapping = mac(master, b"fedtrail/vault/1/wrap/a") + mac(master, b"fedtrail/vault/1/wrap/b")
        self.index = mac(master, b"fedtrail/vault/1/index")
        vault_id, check = database.execute("SELECT vault_id, check_value FROM vault").fetchone()
        if mac(mac(master, b"fedtrail/vault/1/check"), vault_id) != check:
            raise Damaged("the master key is not this vault's")
        self.id = vault_id
        self.last = max((row[0] for row in database.execute("SELECT seq FROM sqlite_sequence")), default=0)
        self.people = {row[0]: self.person(*row) for row in database.execute("SELECT * FROM subject ORDER BY number")}
        self.check_lookup(database)
        for row in database.execute("SELECT number, hash, sealed FROM signing_key"):
            key_id, pem = self.signing_key(*row)
            self.people[row[0]].signing_keys[key_id] = pem
        self.handle_hosts = dict(self.handle_host(*row) for row in database.execute("SELECT hash, sealed FROM handle_host"))
        database.close()

    def person(self, number: int, wrapped: bytes, identity: bytes) -> Person:
        key = opened(self.wrapping, f"vault/key/{number}", wrapped)
        return Person(number, key, opened(key, f"vault/identity/{number}", identity))

    def signing_key(self, number: int, digest: bytes, sealed: bytes) -> tuple[str, str]:
        plain = opened(self.people[number].key, f"vault/signing-key/{number}/{digest.hex()}", sealed)
        texts = strings_in(plain[1:])
        if plain[:1] != b"\1" or len(texts) != 2:
            raise Damaged(f"a private key of subject {number} has an unknown form")
        if mac(self.index, f"key:{number}:{texts[0]}".encode())[:16] != digest:
            raise Damaged(f"a private key of subject {number} is filed under another id")
        return texts[0], texts[1]

    def handle_host(self, digest: bytes, sealed: bytes) -> tuple[bytes, tuple[str, bool]]:
        plain = opened(self.wrapping, f"vault/handle-host/{digest.hex()}", sealed)
        texts = strings_in(plain[2:])
        if plain[:1] != b"\1" or plain[1] > 1 or len(texts) != 1:
            raise Damaged("a handle host has an unknown form")
        return digest, (texts[0], plain[1] == 1)

    def handle_host_of(self, actor: str) -> list | None:
        """The host in handles where actors have this one's host, and whether names stand in their URIs."""
        host = actor.split("/")[2]
        found = self.handle_hosts.get(mac(self.index, f"handle-host:{host}".encode())[:16])
        return list(found) if found else None

    def check_lookup(self, database: sqlite3.Connection) -> None:
        for table, prefix, name in (("actor", "actor:", "actor"), ("handle", "acct:", "handle")):
            rows = set(database.execute(f"SELECT number, hash FROM {table}_lookup"))
            names = {p.number: getattr(p, name) for p in self.people.values() if getattr(p, name)}
            if name == "handle":
                names = {number: "".join(c.lower() if c.isascii() else c for c in n) for number, n in names.items()}
            if rows != {(n, mac(self.index, (prefix + text).encode())[:16]) for n, text in names.items()}:
                raise Damaged(f"{table}_lookup does not fit the identities")
