"""Who got whose data, added up (docs/formats/sets.md)."""

from dataclasses import dataclass

from octets import Octets


@dataclass
class Pair:
    recipient: int
    first: int
    last: int
    objects: int
    disclosures: int
    channels: int
    categories: int
    evidence: int


def read_pairs(octets: Octets) -> list[Pair]:
    count, base = octets.varint(), octets.signed()
    classes = [(octets.octet(), octets.varint(), octets.octet()) for _ in range(octets.varint())]
    gaps, class_of = octets.column("gaps"), octets.column("classes")
    planes = [octets.take(count) for _ in range(4)]
    high, lasting, counts = (octets.column(name) for name in ("high", "last", "counts"))
    octets.end()
    pairs = []
    for i, recipient in enumerate(gaps.ascending(count)):
        first = base + sum(plane[i] << 8 * n for n, plane in enumerate(planes)) + (high.varint() << 32)
        objects = counts.varint()
        pairs.append(Pair(recipient, first, first + lasting.varint(), objects, objects + counts.signed(),
                          *classes[class_of.varint()]))  # fmt: skip
    for column in (gaps, class_of, high, lasting, counts):
        column.end()
    return pairs


def read_numbers(octets: Octets) -> list[int]:
    numbers = octets.ascending(octets.varint())
    octets.end()
    return numbers
