"""What a ledger answers, with names for its numbers."""

from dataclasses import asdict

from ledger import History, Ledger
from octets import Damaged
from outcome import CHANNELS, EVIDENCE, Attempt, channel, rank
from sets import Pair

CATEGORIES = ("profile", "handle", "post_text", "media", "location", "follow_relation", "reaction", "boost",
              "poll_vote", "direct_message", "report", "block", "move", "deletion", "unread")  # fmt: skip

VISIBILITIES = ("public", "unlisted", "followers", "direct", "unknown")
TUNNEL = "recipient, day, connections, bytes_sent, bytes_received, first_at, last_at"


def answers(ledger: Ledger) -> dict:
    histories = {number: ledger.history(number) for number in ledger.people}
    subjects_at = ledger.subjects_at()
    for number, history in histories.items():
        compare_pairs(number, history)
    return {
        "subjects": {str(number): subject(ledger, number, history) for number, history in histories.items()},
        "subjects_at": subjects_at_all(ledger, histories, subjects_at),
        "journal": ledger.journal.records,
        "tunnels": tunnels(ledger),
        "gap_deliveries": sum(row[2] for row in ledger.checked("gap", "from_at, until_at, deliveries")),
    }


def subject(ledger: Ledger, number: int, history: History) -> dict:
    person = ledger.people[number]
    activities = [history.activities[n] for n in sorted(history.activities)]
    attempts: dict[str, list] = {activity.object: [] for activity in activities}
    for attempt in history.closed + history.open:
        attempts[history.activities[attempt.activity].object].append(attempt.row(ledger.hosts))
    for rows in attempts.values():
        rows.sort()
    return {
        "actor": person.actor,
        "handle": person.handle,
        "confirmed_handle": person.confirmed,
        "handle_host": ledger.vault.handle_host_of(person.actor),
        "signing_keys": person.signing_keys,
        "attempts": attempts,
        "pairs": named(ledger, history.pairs),
        "recipients": named(ledger, added_up(history, history.closed + history.open)),
        "activities": [
            [a.id, a.object, ledger.types[a.type], a.at, names(CATEGORIES, a.categories), VISIBILITIES[a.visibility]]
            for a in activities
        ],
    }


def tunnels(ledger: Ledger) -> dict[str, list[int]]:
    """host -> connections that could not be read, and octets sent there."""
    sums: dict[str, list[int]] = {}
    for recipient, _, connections, sent, *_ in ledger.checked("tunnel", TUNNEL):
        before = sums.setdefault(ledger.hosts[recipient], [0, 0])
        before[0] += connections
        before[1] += sent
    return sums


def names(words: tuple[str, ...], bits: int) -> list[str]:
    return [word for i, word in enumerate(words) if bits >> i & 1]


def named(ledger: Ledger, pairs: list[Pair]) -> dict[str, dict]:
    return {
        ledger.hosts[pair.recipient]: asdict(pair) | {"recipient": ledger.hosts[pair.recipient],
        "channels": names(CHANNELS, pair.channels), "categories": names(CATEGORIES, pair.categories),
        "evidence": EVIDENCE[pair.evidence]}
        for pair in pairs
    }


def added_up(history: History, attempts: list[Attempt]) -> list[Pair]:
    """The attempts that count as disclosures, by recipient."""
    pairs: dict[int, Pair] = {}
    objects = set()
    for attempt in attempts:
        if not rank(attempt.code):
            continue
        pair = pairs.setdefault(attempt.recipient, Pair(attempt.recipient, attempt.at, attempt.at, 0, 0, 0, 0, 0))
        pair.first, pair.last = min(pair.first, attempt.at), max(pair.last, attempt.at)
        pair.disclosures += 1
        pair.channels |= 1 << channel(attempt.code)
        pair.categories |= history.activities[attempt.activity].categories
        pair.evidence = max(pair.evidence, rank(attempt.code) - 1)
        thing = attempt.recipient, history.roots[attempt.activity]
        pair.objects += thing not in objects
        objects.add(thing)
    return [pairs[recipient] for recipient in sorted(pairs)]


def compare_pairs(number: int, history: History) -> None:
    """What is added up in `pairs` must be what the chunks say."""
    if history.pairs != added_up(history, history.closed):
        raise Damaged(f"the pairs of subject {number} differ from their chunks")


def subjects_at_all(ledger: Ledger, histories: dict[int, History], folded: dict[str, list[int]]) -> dict[str, list[int]]:
    every = {host: set(numbers) for host, numbers in folded.items()}
    for number, history in histories.items():
        for pair in added_up(history, history.open):
            every.setdefault(ledger.hosts[pair.recipient], set()).add(number)
    return {host: sorted(numbers) for host, numbers in every.items()}
