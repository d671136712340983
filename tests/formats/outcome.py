"""Outcome codes (docs/formats/journal.md)."""

from typing import NamedTuple

CHANNELS = ("push", "relay", "forward", "signed_pull", "anonymous_pull", "bridge")
KINDS = ("intended", "accepted", "rejected", "sent", "refused_before_body", "unreachable", "fetched", "inferred",
         "prevented")  # fmt: skip
EVIDENCE = ("intended", "inferred", "sent", "accepted", "fetched")


def rank(code: int) -> int:
    """The evidence + 1; 0 where nothing was disclosed."""
    return code >> 24


def channel(code: int) -> int:
    return code >> 20 & 15


def is_intent(code: int) -> bool:
    return code >> 16 & 15 == KINDS.index("intended")


class Attempt(NamedTuple):
    activity: int
    recipient: int
    at: int
    code: int

    def row(self, hosts: dict[int, str]) -> list:
        """[host, second, channel, kind, status]"""
        return [hosts[self.recipient], self.at, CHANNELS[channel(self.code)], KINDS[self.code >> 16 & 15],
                self.code & 0xFFFF]  # fmt: skip


class Activity(NamedTuple):
    number: int
    at: int
    type: int
    categories: int
    visibility: int
    id: str
    object: str
