"""The facts of a chunk: what each activity is, who holds it, the surest outcome (docs/formats/chunk.md)."""

from dataclasses import dataclass, field

from octets import Damaged, Octets
from outcome import Attempt
from uri_code import UriCode

ALONE, DIFFERS, RESETS = 0, 1, 2
WRAP = 1 << 64
SNOWFLAKE = 1000 * 65536  # milliseconds, then 16 bits


@dataclass
class Fact:
    number: int
    at: int
    type: int
    categories: int
    visibility: int
    id: UriCode
    refers: int
    object: UriCode | None
    holders: dict[int, int] = field(default_factory=dict)  # recipient -> the surest outcome


@dataclass
class Facts:
    codes: list[int]
    activities: list[Fact]
    late: list[Attempt]


class UriColumns:
    def __init__(self, octets: Octets):
        self.tags, self.values, self.texts = (octets.column(name) for name in ("tags", "values", "texts"))
        self.last: dict[tuple[int, int], int] = {}

    def read(self, at: int, identifier: UriCode | None) -> UriCode:
        shape, count = self.tags.varint(), self.tags.varint()
        numbers = []
        for slot in range(count):
            number = self.number(self.tags.octet(), (shape, slot), at, identifier) % WRAP
            self.last[shape, slot] = number
            numbers.append(number)
        return UriCode(shape, tuple(numbers), self.texts.sized().decode())

    def number(self, tag: int, place: tuple[int, int], at: int, identifier: UriCode | None) -> int:
        if tag == 0:
            return self.last.get(place, 0) + self.values.signed()
        if tag == 1:
            return at * SNOWFLAKE + self.values.signed()
        if tag == 2 and identifier:
            return identifier.numbers[place[1]]
        if tag == 3:
            return at + self.values.signed()
        if tag == 4:
            return self.values.varint()
        raise Damaged(f"{self.tags.what} has the unknown tag {tag}")

    def end(self) -> None:
        for column in (self.tags, self.values, self.texts):
            column.end()


@dataclass
class Member:
    usual: int
    was_absent: bool = False
    unusual: int | None = None  # the last outcome, if it was not the usual one


class Roster:
    """The usual recipients, learned from the activities before."""

    def __init__(self):
        self.members: dict[int, Member] = {}
        self.were_extra: set[int] = set()

    def ranked(self) -> list[int]:
        return sorted(self.members)

    def reset(self, holders: dict[int, int]) -> None:
        self.members = {recipient: Member(code) for recipient, code in holders.items()}
        self.were_extra = set()

    def learn(self, absents: set[int], exceptions: dict[int, int], extras: dict[int, int]) -> None:
        for recipient, member in list(self.members.items()):
            if recipient in absents:
                if member.was_absent:
                    del self.members[recipient]
                member.was_absent = True
                continue
            member.was_absent = False
            code = exceptions.get(recipient)
            if code is not None and code == member.unusual:
                member.usual, member.unusual = code, None
            else:
                member.unusual = code
        for recipient, code in extras.items():
            if recipient in self.were_extra:
                self.members[recipient] = Member(code)
        self.were_extra = set(extras)


class HolderColumns:
    def __init__(self, octets: Octets, codes: list[int]):
        self.counts, self.gaps, self.ranks, self.outcomes = (
            octets.column(name) for name in ("counts", "gaps", "ranks", "outcomes"))
        self.codes, self.roster = codes, Roster()

    def read(self, mode: int) -> dict[int, int]:
        if mode == DIFFERS:
            return self.differing()
        if mode not in (ALONE, RESETS):
            raise Damaged(f"{self.counts.what} meet the unknown mode {mode}")
        listed = self.gaps.ascending(self.counts.varint())
        holders = {recipient: self.outcome() for recipient in listed}
        if mode == RESETS:
            self.roster.reset(holders)
        return holders

    def differing(self) -> dict[int, int]:
        absents, exceptions, extras = (self.counts.varint() for _ in range(3))
        ranked = self.roster.ranked()
        absent = {ranked[rank] for rank in self.ranks.ascending(absents)}
        excepted = {ranked[rank] for rank in self.ranks.ascending(exceptions)}
        extra = set(self.gaps.ascending(extras))
        told = {recipient: self.outcome() for recipient in sorted(excepted | extra)}
        usual = {r: member.usual for r, member in self.roster.members.items() if r not in absent}
        self.roster.learn(absent, {r: told[r] for r in excepted}, {r: told[r] for r in extra})
        return dict(sorted((usual | told).items()))

    def outcome(self) -> int:
        return self.codes[self.outcomes.varint()]

    def end(self) -> None:
        for column in (self.counts, self.gaps, self.ranks, self.outcomes):
            column.end()


def read_facts(octets: Octets) -> Facts:
    first, count = octets.varint(), octets.varint()
    codes = octets.ascending(octets.varint())
    times, kinds, modes, refers = (octets.column(name) for name in ("times", "kinds", "modes", "refers"))
    uris, holders = UriColumns(octets), HolderColumns(octets, codes)
    activities, at = [], 0
    for number in range(first, first + count):
        at += times.signed()
        back, identifier = refers.varint(), uris.read(at, None)
        activities.append(Fact(number, at, kinds.varint(), kinds.varint(), kinds.octet(), identifier, back,
                               None if back else uris.read(at, identifier), holders.read(modes.octet())))  # fmt: skip
    late = read_late(octets, first, codes)
    for part in (times, kinds, modes, refers, uris, holders, octets):
        part.end()
    return Facts(codes, activities, late)


def read_late(octets: Octets, first: int, codes: list[int]) -> list[Attempt]:
    late, at = [], 0
    for _ in range(octets.varint()):
        activity, recipient = first - octets.signed(), octets.varint()
        at += octets.signed()
        late.append(Attempt(activity, recipient, at, codes[octets.varint()]))
    return late
