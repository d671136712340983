"""Numbers as docs/formats/README.md describes them."""


class Damaged(Exception):
    """What is read is not what the formats say."""


class Octets:
    """Octets read from the front."""

    def __init__(self, octets: bytes, what: str):
        self.octets, self.what, self.at = octets, what, 0

    def left(self) -> int:
        return len(self.octets) - self.at

    def take(self, count: int) -> bytes:
        if count > self.left():
            raise Damaged(f"{self.what} is cut short")
        self.at += count
        return self.octets[self.at - count : self.at]

    def octet(self) -> int:
        return self.take(1)[0]

    def varint(self) -> int:
        number = shift = 0
        while True:
            octet = self.octet()
            number |= (octet & 0x7F) << shift
            shift += 7
            if number >> 64:
                raise Damaged(f"{self.what} has a number of more than 64 bits")
            if octet < 0x80:
                return number

    def signed(self) -> int:
        code = self.varint()
        return code >> 1 if code % 2 == 0 else -(code >> 1) - 1

    def sized(self) -> bytes:
        return self.take(self.varint())

    def column(self, name: str) -> "Octets":
        return Octets(self.sized(), f"{self.what}, {name}")

    def ascending(self, count: int) -> list[int]:
        """Numbers kept as differences to the one before, from 0."""
        numbers, last = [], 0
        for _ in range(count):
            last += self.varint()
            numbers.append(last)
        return numbers

    def end(self) -> None:
        if self.left():
            raise Damaged(f"{self.what} has {self.left()} octets too many")


def varint(number: int) -> bytes:
    octets = bytearray()
    while number >= 0x80:
        octets.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(octets + bytes([number]))


def signed(number: int) -> bytes:
    return varint(number << 1 if number >= 0 else (-number << 1) - 1)
