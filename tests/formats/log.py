"""The transparency log and the leaves of every store (docs/formats/log.md)."""

import sqlite3

from cases import stamped
from octets import Damaged, Octets
from tlog import Tree, sha256

APPLICATION_ID = 0x46744C67
STORES = {1: "ledger.db", 2: "cases.db", 3: "vault.db", 4: "log.db"}


def commitment_of(place: str, content: bytes) -> bytes:
    """What the log has of a leaf, whether salt and body are still there or not."""
    octets = Octets(stamped(place, content), place)
    whole = octets.octet()
    begin = octets.at
    octets.octet(), octets.signed()  # kind and time
    head, rest = octets.octets[begin : octets.at], octets.take(octets.left())
    if whole not in (0, 1) or (not whole and len(rest) != 32):
        raise Damaged(f"{place} has an unknown form")
    digest = sha256(b"fedtrail/body/1\n", rest) if whole else rest
    return sha256(b"fedtrail/leaf/1\n", head, digest)


def leaf_hash(commitment: bytes) -> bytes:
    return sha256(b"\x00\x01", commitment)


class Log:
    def __init__(self, folder: str):
        self.folder = folder
        self.database = self.open("log.db")
        if self.database.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise Damaged("the log is no log")
        self.entries = self.database.execute("SELECT number, store, sequence, commitment FROM entry ORDER BY number").fetchall()
        if [row[0] for row in self.entries] != list(range(len(self.entries))):
            raise Damaged("the log has a gap")

    def open(self, name: str) -> sqlite3.Connection:
        return sqlite3.connect(f"file:{self.folder}/{name}?mode=ro", uri=True)

    def check_leaves(self) -> dict[str, int]:
        """Every entry is that of its store's leaf. How many leaves each store has."""
        known, counts = {}, {}
        for store, name in STORES.items():
            database = self.open(name)
            rows = database.execute("SELECT sequence, subject, request, content FROM leaf ORDER BY sequence").fetchall()
            database.close()
            if [row[0] for row in rows] != list(range(1, len(rows) + 1)):
                raise Damaged(f"the leaves of {name} have a gap")
            for sequence, subject, request, content in rows:
                known[store, sequence] = commitment_of(f"leaf/{sequence}/{subject or 0}/{request or 0}", content)
            counts[name] = len(rows)
        for number, store, sequence, commitment in self.entries:
            if known.get((store, sequence)) != commitment:
                raise Damaged(f"leaf {number} is not what {STORES[store]} has")
        return counts

    def root(self, size: int) -> bytes:
        tree = Tree()
        for _, _, _, commitment in self.entries[:size]:
            tree.append(leaf_hash(commitment))
        return tree.root()

    def check_tiles(self) -> int:
        """Every hash of every tile is that of its subtree. How many hashes there are."""
        hashes, level = [leaf_hash(row[3]) for row in self.entries], 0
        tiles = {(level, number): blob for level, number, blob in self.database.execute("SELECT * FROM tile")}
        count = 0
        while hashes:
            for at in range(0, len(hashes), 256):
                if tiles.pop((level, at // 256), b"") != b"".join(hashes[at : at + 256]):
                    raise Damaged(f"tile {level}/{at // 256} is another one")
            count += len(hashes)
            hashes = [self.subtree(hashes[at : at + 256]) for at in range(0, len(hashes) - 255, 256)]
            level += 1
        if tiles:
            raise Damaged("there are tiles of no leaves")
        return count

    @staticmethod
    def subtree(hashes: list[bytes]) -> bytes:
        tree = Tree()
        for each in hashes:
            tree.append(each)
        return tree.root()
