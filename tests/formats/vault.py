"""Who the subject numbers are, and their keys (docs/formats/vault.md)."""

import hashlib
import hmac
import sqlite3

from blob import opened
from octets import Damaged

APPLICATION_ID = 0x46545641
LAST_MIGRATION = 1


def mac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


class Person:
    def __init__(self, number: int, key: bytes, identity: bytes):
        self.number, self.key = number, key
        form, known, strings = identity[0], identity[1], identity[2:]
        texts = []
        while strings:
            size = int.from_bytes(strings[:2], "little")
            texts.append(strings[2 : 2 + size].decode())
            strings = strings[2 + size :]
        if form != 1 or known > 2 or len(texts) != 3:
            raise Damaged(f"the identity of subject {number} has an unknown form")
        self.handle_known = ("none", "derived", "told")[known]
        self.origin, self.actor, self.handle = texts


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
        self.people = {row[0]: self.person(*row) for row in database.execute("SELECT * FROM subject ORDER BY number")}
        self.check_lookup(database)
        database.close()

    def person(self, number: int, wrapped: bytes, identity: bytes) -> Person:
        key = opened(self.wrapping, f"vault/key/{number}", wrapped)
        return Person(number, key, opened(key, f"vault/identity/{number}", identity))

    def check_lookup(self, database: sqlite3.Connection) -> None:
        for table, prefix, name in (("actor", "actor:", "actor"), ("handle", "acct:", "handle")):
            rows = set(database.execute(f"SELECT number, hash FROM {table}_lookup"))
            names = {p.number: getattr(p, name) for p in self.people.values() if getattr(p, name)}
            if name == "handle":
                names = {number: "".join(c.lower() if c.isascii() else c for c in n) for number, n in names.items()}
            if rows != {(n, mac(self.index, (prefix + text).encode())[:16]) for n, text in names.items()}:
                raise Damaged(f"{table}_lookup does not fit the identities")
