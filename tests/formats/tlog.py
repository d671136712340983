"""Trees, notes and checkpoints as docs/formats/bundle.md, RFC 6962 and RFC 9162 describe them."""

import base64
import binascii
import hashlib
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from octets import Damaged


SIGNATURES = 64  # of a note at most
NUMBER = re.compile("[0-9]{1,19}")


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01", left, right)


def to64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def from64(text: str, size: int | None = None) -> bytes:
    try:
        octets = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Damaged("no base64") from None
    if to64(octets) != text or (size is not None and len(octets) != size):
        raise Damaged("no base64, or of another length")
    return octets


class Tree:
    """The complete subtrees so far, as (leaves, root)."""

    def __init__(self):
        self.parts, self.size = [], 0
        self.roots: dict[int, bytes] = {}  # that skip() passed, by size

    def append(self, root: bytes, leaves: int = 1) -> None:
        if self.size % leaves:
            raise Damaged("a subtree does not begin there")
        self.size += leaves
        while self.parts and self.parts[-1][0] == leaves:
            root, leaves = node(self.parts.pop()[1], root), leaves * 2
        self.parts.append((leaves, root))

    def root(self) -> bytes:
        if not self.parts:
            return sha256()
        root = self.parts[-1][1]
        for _, left in reversed(self.parts[:-1]):
            root = node(left, root)
        return root

    def skip(self, count: int, hashes: list[bytes]) -> None:
        hashes = list(reversed(hashes))
        while count:
            leaves = 1
            while leaves * 2 <= count and self.size % (leaves * 2) == 0:
                leaves *= 2
            if not hashes:
                raise Damaged("a hash is missing")
            self.append(hashes.pop(), leaves)
            self.roots[self.size] = self.root()
            count -= leaves
        if hashes:
            raise Damaged("a hash too many")


def consistent(old: int, old_root: bytes, size: int, root: bytes, proof: list[bytes]) -> bool:
    """RFC 9162 section 2.1.4.2; every tree begins with none."""
    if not 0 < old < size:
        return not proof and (old, old_root) in ((size, root), (0, sha256()))
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    first, last = old - 1, size - 1
    while first % 2:
        first, last = first // 2, last // 2
    before = now = path[0]
    for hash_ in path[1:]:
        if last == 0:
            return False
        if first % 2 or first == last:
            before, now = node(hash_, before), node(hash_, now)
            while first % 2 == 0 and first:
                first, last = first // 2, last // 2
        else:
            now = node(now, hash_)
        first, last = first // 2, last // 2
    return last == 0 and before == old_root and now == root


class Key:
    """A vkey."""

    def __init__(self, vkey: str):
        parts = vkey.split("+", 2)
        if len(parts) != 3:
            raise Damaged("no vkey")
        self.name, id_, self.octets = parts[0], parts[1], from64(parts[2], 33)
        check_name(self.name)
        self.kind = self.octets[0]
        self.id = sha256(self.name.encode(), b"\n", self.octets)[:4]
        if self.id.hex() != id_:
            raise Damaged("a key's id does not fit")

    def verify(self, signature: bytes, message: bytes) -> None:
        try:
            Ed25519PublicKey.from_public_bytes(self.octets[1:]).verify(signature, message)
        except InvalidSignature:
            raise Damaged(f"a signature of {self.name} does not hold") from None


def check_name(name: str) -> None:
    if not name or "+" in name or any(letter.isspace() for letter in name):
        raise Damaged("no name of a key")


class Note:
    """A signed note; not checked yet."""

    def __init__(self, octets: bytes):
        try:
            text = octets.decode()
        except UnicodeDecodeError:
            raise Damaged("a note is not UTF-8") from None
        if any((ord(letter) < 0x20 and letter != "\n") or ord(letter) == 0x7F for letter in text):
            raise Damaged("a note has control characters")
        body, gap, rest = text.rpartition("\n\n")
        if not gap or not rest.endswith("\n"):
            raise Damaged("no signed note")
        self.text = body + "\n"
        self.signatures = [self.signature(line) for line in rest[:-1].split("\n")]
        if len(self.signatures) > SIGNATURES:
            raise Damaged("a note has too many signatures")

    @staticmethod
    def signature(line: str) -> tuple[str, bytes, bytes]:
        words = line.split(" ")
        if len(words) != 3 or words[0] != "\u2014":
            raise Damaged("no signature")
        check_name(words[1])
        octets = from64(words[2])
        if len(octets) < 5:
            raise Damaged("no signature")
        return words[1], octets[:4], octets[4:]

    def signed_by(self, key: Key) -> bool:
        """Whether the key signed it; a signature of it that does not hold is damage."""
        found = [octets for name, id_, octets in self.signatures if (name, id_) == (key.name, key.id)]
        for octets in found:
            key.verify(octets, self.text.encode())
        return bool(found)


class Checkpoint:
    def __init__(self, octets: bytes, key: Key, origin: str):
        note = Note(octets)
        lines = note.text.split("\n")
        if len(lines) < 4 or lines[-1] or "" in lines[:-1] or not NUMBER.fullmatch(lines[1]):
            raise Damaged("no checkpoint")
        self.size, self.root = int(lines[1]), from64(lines[2], 32)
        if str(self.size) != lines[1] or self.size >> 63 or lines[0] != origin or not note.signed_by(key):
            raise Damaged("a checkpoint of another log, or not signed")
