"""The journal, and the open history it tells of (docs/formats/journal.md)."""

from collections import defaultdict
from typing import NamedTuple

from octets import Damaged, Octets
from outcome import Attempt, is_intent
from uri_code import UriCode, read_code

ACTIVITY, MARK, OBSERVATION = 1, 2, 128
NAMES_ACTIVITY, NAMES_OUTCOME, NAMES_TIME, SETTLES = 1, 2, 4, 8


class OpenActivity(NamedTuple):
    at: int
    type: int
    categories: int
    visibility: int
    id: UriCode
    back: int
    object: UriCode | None


class OpenHistory:
    """What of one subject is not in chunks."""

    def __init__(self):
        self.activities: dict[int, OpenActivity] = {}
        self.attempts: dict[int, list[Attempt]] = defaultdict(list)
        self.late: list[Attempt] = []
        self.sealed = 0

    def add(self, attempt: Attempt, settles: bool) -> None:
        attempts = self.attempts[attempt.activity] if attempt.activity in self.activities else self.late
        if settles:
            for i in reversed(range(len(attempts))):
                if is_intent(attempts[i].code) and attempts[i][:3] == attempt[:3]:
                    attempts[i] = attempt
                    return
        attempts.append(attempt)

    def mark(self, sealed: int) -> None:
        self.sealed = sealed
        self.late.clear()
        for number in [n for n in self.activities if n < sealed]:
            del self.activities[number]
            self.attempts.pop(number, None)


class Journal:
    """Replays batch after batch."""

    def __init__(self):
        self.subjects: dict[int, OpenHistory] = defaultdict(OpenHistory)
        self.records = {"activities": 0, "marks": 0, "observations": 0}

    def replay(self, number: int, octets: Octets) -> None:
        if octets.signed() != number:
            raise Damaged(f"{octets.what} stands in the row of another batch")
        subject = activity = code = at = recipient = 0
        while octets.left():
            tag = octets.octet()
            if tag == ACTIVITY:
                self.read_activity(octets)
            elif tag == MARK:
                self.records["marks"] += 1
                self.subjects[octets.varint()].mark(octets.varint())
            elif tag & ~15 == OBSERVATION:
                self.records["observations"] += 1
                if tag & NAMES_ACTIVITY:
                    subject, activity = octets.varint(), octets.varint()
                if tag & NAMES_OUTCOME:
                    code = octets.varint()
                if tag & NAMES_TIME:
                    at += octets.signed()
                recipient += octets.signed()
                self.subjects[subject].add(Attempt(activity, recipient, at, code), bool(tag & SETTLES))
            else:
                raise Damaged(f"{octets.what} has a record of the unknown kind {tag}")

    def read_activity(self, octets: Octets) -> None:
        self.records["activities"] += 1
        subject, number = octets.varint(), octets.varint()
        at, kind, categories, visibility = octets.signed(), octets.varint(), octets.varint(), octets.octet()
        identifier, back = read_code(octets), octets.varint()
        self.subjects[subject].activities[number] = OpenActivity(
            at, kind, categories, visibility, identifier, back, None if back else read_code(octets))
