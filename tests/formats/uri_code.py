"""URIs from a shape's number and what fills its slots (docs/formats/uri-code.md)."""

import uuid
from typing import NamedTuple

from octets import Damaged, Octets, varint

NO_URI, WHOLE = 0, 1  # WHOLE: sealed, ledger.py opens it
NUMBER, UUID, TEXT = "\1", "\2", "\3"


class UriCode(NamedTuple):
    shape: int
    numbers: tuple[int, ...]
    text: str

    def hashed(self) -> bytes:
        """The octets whose XXH64 stands in uri_hash."""
        return b"".join(map(varint, (self.shape, *self.numbers))) + self.text.encode()


def read_code(octets: Octets) -> UriCode:
    shape, count = octets.varint(), octets.varint()
    return UriCode(shape, tuple(octets.varint() for _ in range(count)), octets.sized().decode())


def joined(code: UriCode, shapes: dict[int, str]) -> str:
    """The URI; "" if there is none."""
    if code.shape == NO_URI:
        return ""
    if code.shape not in shapes:
        raise Damaged(f"there is no shape {code.shape}")
    numbers, uri = list(code.numbers), ""
    for character in shapes[code.shape]:
        if character == NUMBER:
            uri += str(numbers.pop(0))
        elif character == UUID:
            uri += str(uuid.UUID(int=numbers.pop(0) << 64 | numbers.pop(0)))
        else:
            uri += code.text if character == TEXT else character
    if numbers:
        raise Damaged(f"shape {code.shape} has too few slots")
    return uri
