"""The frame and seal around every blob (docs/formats/blob.md)."""

import cryptography.exceptions
import xxhash
import zstandard
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from octets import Damaged, Octets

VERSION = 1
SIZE_LIMIT = 64 * 1024 * 1024


def checksum(octets: bytes) -> int:
    return xxhash.xxh64(octets, seed=0).intdigest()


def payload(kind: str, blob: bytes, what: str) -> bytes:
    if len(blob) < 10:
        raise Damaged(f"{what} is cut short")
    if int.from_bytes(blob[-8:], "little") != checksum(blob[:-8]):
        raise Damaged(f"{what} does not match its checksum")
    if blob[:1] != kind.encode() or blob[1] > VERSION:
        raise Damaged(f"{what} is of kind {blob[:1]!r} and version {blob[1]}, not {kind} and {VERSION}")
    return blob[2:-8]


def unpacked(octets: bytes, what: str) -> bytes:
    packed = Octets(octets, what)
    size = packed.varint()
    if size > SIZE_LIMIT:
        raise Damaged(f"{what} claims {size} octets")
    if size == 0:
        return packed.take(packed.left())
    try:
        content = zstandard.ZstdDecompressor().decompress(packed.take(packed.left()), max_output_size=size)
    except zstandard.ZstdError as error:
        raise Damaged(f"{what} is no zstd frame: {error}") from error
    if len(content) != size:
        raise Damaged(f"{what} has {len(content)} octets instead of {size}")
    return content


def opened(key: bytes, context: str, sealed: bytes) -> bytes:
    try:
        return AESSIV(key).decrypt(sealed, [context.encode()])
    except cryptography.exceptions.InvalidTag as error:
        raise Damaged(f"the seal of {context} does not open") from error


def sealed_content(kind: str, blob: bytes, key: bytes, context: str) -> Octets:
    return Octets(unpacked(opened(key, context, payload(kind, blob, context)), context), context)
