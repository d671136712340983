"""The times of a chunk: every attempt, at one second (docs/formats/chunk.md)."""

from facts import Facts
from octets import Damaged, Octets
from outcome import Attempt

OFFSET_LIMIT = 1 << 30
NEVER_SEEN = 1 << 62


def smoothed(old: int | None, offset: int) -> int:
    new = offset * 256
    if old is not None:
        total = 3 * old + new
        new = total // 4 if total >= 0 else -(-total // 4)
    return max(-OFFSET_LIMIT, min(OFFSET_LIMIT, new))


class TimesReader:
    """Reads a chunk's parts in their order; the memory of offsets goes on from part to part."""

    def __init__(self, facts: Facts):
        self.codes, self.waiting = facts.codes, list(reversed(facts.activities))
        self.memory: dict[int, int] = {}

    def read_part(self, octets: Octets) -> list[Attempt]:
        count = octets.varint()
        self.offsets, self.repeats, self.repeat_codes, self.repeat_gaps = (
            octets.column(name) for name in ("offsets", "repeats", "repeat codes", "repeat gaps"))
        octets.end()
        if count > len(self.waiting):
            raise Damaged(f"{octets.what} tells of more activities than the facts")
        attempts = [attempt for _ in range(count) for attempt in self.read_activity()]
        for column in (self.offsets, self.repeats, self.repeat_codes, self.repeat_gaps):
            column.end()
        return attempts

    def read_activity(self) -> list[Attempt]:
        fact = self.waiting.pop()
        order = sorted(fact.holders, key=lambda r: (self.memory.get(r, NEVER_SEEN), r))
        repeats, since = {}, 0
        for _ in range(self.repeats.varint()):
            since += self.repeats.varint()
            repeats[since] = self.repeats.varint() + 2
            since += 1
        attempts, offset = [], 0
        for i, recipient in enumerate(order):
            offset += self.offsets.signed()
            self.memory[recipient] = smoothed(self.memory.get(recipient), offset)
            at = fact.at + offset
            if i not in repeats:
                attempts.append(Attempt(fact.number, recipient, at, fact.holders[recipient]))
            else:
                attempts += self.read_repeats(fact.number, recipient, at, repeats[i])
        return attempts

    def read_repeats(self, activity: int, recipient: int, at: int, count: int) -> list[Attempt]:
        attempts = []
        for n in range(count):
            if n > 0:
                at += self.repeat_gaps.signed() + min(n, 64) ** 4 + 15
            attempts.append(Attempt(activity, recipient, at, self.codes[self.repeat_codes.varint()]))
        return attempts

    def end(self) -> None:
        if self.waiting:
            raise Damaged(f"{len(self.waiting)} activities have no times")
