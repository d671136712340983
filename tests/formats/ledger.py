"""A ledger and its vault, read from the tables in schemas/sqlite/ and the formats in docs/formats/."""

import sqlite3
from collections import defaultdict
from dataclasses import dataclass, field

from blob import checksum, opened, payload, sealed_content, unpacked
from facts import read_facts
from journal import Journal, OpenHistory
from octets import Damaged, Octets, signed, varint
from outcome import Activity, Attempt
from sets import Pair, read_numbers, read_pairs
from times import TimesReader
from uri_code import UriCode, WHOLE, joined
from vault import Person, Vault

APPLICATION_ID = 0x46744C64
LAST_MIGRATION = 6
CHUNKS, PARTS = 1 << 24, 1 << 16  # of one subject or recipient


@dataclass
class History:
    """All that the ledger says of one subject."""

    activities: dict[int, Activity] = field(default_factory=dict)
    roots: dict[int, int] = field(default_factory=dict)  # activity -> the first one with its object
    closed: list[Attempt] = field(default_factory=list)
    open: list[Attempt] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)

    def add(self, number: int, at: int, kind: tuple[int, int, int], identifier: str, object_uri: str, back: int):
        if back and number - back not in self.activities:
            raise Damaged(f"activity {number} refers to one that is not there")
        self.roots[number] = self.roots[number - back] if back else number
        known = self.activities[number - back].object if back else object_uri
        self.activities[number] = Activity(number, at, *kind, identifier, known)


class Ledger:
    def __init__(self, path: str, vault: Vault):
        self.database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        if self.rows("PRAGMA application_id") != [(APPLICATION_ID,)]:
            raise Damaged("the ledger is no ledger")
        if self.rows("PRAGMA user_version")[0][0] > LAST_MIGRATION:
            raise Damaged("the ledger is of a newer version")
        self.people, self.vault = vault.people, vault
        self.check_vault()
        self.hosts = self.read_names("recipient", "host")
        self.types = self.read_names("activity_type", "name")
        self.journal = self.read_journal()
        self.shapes = {number: self.read_shapes(person) for number, person in self.people.items()}
        self.check_windows()

    def check_vault(self) -> None:
        vault_id, greatest, check = self.rows("SELECT vault_id, greatest, checksum FROM vault")[0]
        if checksum(varint(greatest) + (vault_id or b"")) != check % (1 << 64):
            raise Damaged("what the ledger notes of its vault does not match its checksum")
        if vault_id not in (None, self.vault.id) or greatest > self.vault.last:
            raise Damaged("the ledger is not of this vault")

    def check_windows(self) -> None:
        next_name = 1
        windows = self.checked("window", "number, at, first_name, names, leaves")
        for place, (number, _, first_name, names, leaves) in enumerate(windows, 1):
            if number != place or first_name != next_name:
                raise Damaged(f"window {number} does not follow the one before")
            next_name += names
            if self.leaves_of_parts(number, names) != leaves:
                raise Damaged(f"window {number} has other leaves than it says")

    def leaves_of_parts(self, window: int, leaves: int) -> int:
        """How many a window has with its parts, behind `leaves` that are names."""
        columns = "window, subject, first_leaf, first_activity, activities, late_chunk, first_late, late"
        query = f"SELECT {columns}, commitments, checksum FROM window_part WHERE window = ? ORDER BY subject"
        for *numbers, commitments, check in self.rows(query, window):
            what = f"window {window}, subject {numbers[1]}"
            if checksum(b"".join(map(varint, numbers)) + (commitments or b"")) != check % (1 << 64):
                raise Damaged(f"{what} does not match its checksum")
            own = numbers[4] + numbers[7]
            if numbers[2] != leaves or (commitments is not None and len(commitments) != 32 * own):
                raise Damaged(f"{what} has other leaves than it says")
            leaves += own
        return leaves

    def rows(self, query: str, *values: int) -> list[tuple]:
        return self.database.execute(query, values).fetchall()

    def read_names(self, table: str, column: str) -> dict[int, str]:
        names = {}
        for number, name, check in self.rows(f"SELECT number, {column}, checksum FROM {table}"):
            if checksum(varint(number) + name.encode()) != check % (1 << 64):
                raise Damaged(f"{table} {number} does not match its checksum")
            names[number] = name
        return names

    def read_journal(self) -> Journal:
        journal = Journal()
        for batch, records in self.rows("SELECT batch, records FROM journal ORDER BY batch"):
            journal.replay(batch, Octets(payload("J", records, f"batch {batch}"), f"batch {batch}"))
        return journal

    def read_shapes(self, person: Person) -> dict[int, str]:
        shapes = {}
        query = "SELECT number, lookup, text FROM shape WHERE subject = ?"
        for number, lookup, text in self.rows(query, person.number):
            shape = sealed_content("S", text, person.key, f"shape/{number}/{lookup}")
            shapes[number] = shape.take(shape.left()).decode()
        return shapes

    def history(self, subject: int) -> History:
        history = History()
        first = subject * CHUNKS
        for (key,) in self.rows("SELECT key FROM chunk WHERE key BETWEEN ? AND ? ORDER BY key", first, first + CHUNKS - 1):
            self.read_chunk(self.people[subject], key, history)
        self.add_open(subject, self.journal.subjects[subject], history)
        first = subject * PARTS
        for key, blob in self.rows("SELECT * FROM pairs WHERE key BETWEEN ? AND ? ORDER BY key", first, first + PARTS - 1):
            history.pairs += read_pairs(sealed_content("P", blob, self.people[subject].key, f"pairs/{key % PARTS}"))
        return history

    def uri(self, subject: int, code: UriCode | None) -> str:
        if code and code.shape == WHOLE:
            return opened(self.people[subject].key, "uri", bytes.fromhex(code.text)).decode()
        return joined(code, self.shapes[subject]) if code else ""

    def read_chunk(self, person: Person, key: int, history: History) -> None:
        chunk = key % CHUNKS
        *place, facts, times = self.rows(
            "SELECT first_activity, activities, closed, first_at, last_at, facts, times FROM chunk WHERE key = ?", key)[0]
        context = "/".join(map(str, ("facts", chunk, *place)))
        known = read_facts(sealed_content("F", facts, person.key, context))
        if [known.activities[0].number, len(known.activities)] != place[:2]:
            raise Damaged(f"chunk {chunk} has other activities than its row says")
        for fact in known.activities:
            history.add(fact.number, fact.at, (fact.type, fact.categories, fact.visibility),
                        self.uri(person.number, fact.id), self.uri(person.number, fact.object), fact.refers)  # fmt: skip
        reader = TimesReader(known)
        more = self.rows("SELECT part, times FROM chunk_times WHERE key = ? ORDER BY part", key)
        for part, blob in [(0, times), *more]:
            history.closed += reader.read_part(sealed_content("T", blob, person.key, f"times/{chunk}/{part}"))
        reader.end()
        history.closed += known.late

    def add_open(self, subject: int, journal: OpenHistory, history: History) -> None:
        for number, activity in sorted(journal.activities.items()):
            history.add(number, activity.at, (activity.type, activity.categories, activity.visibility),
                        self.uri(subject, activity.id), self.uri(subject, activity.object), activity.back)  # fmt: skip
            history.open += journal.attempts[number]
        history.open += journal.late

    def subjects_at(self) -> dict[str, list[int]]:
        """host -> subjects, of what is in chunks."""
        subjects = defaultdict(list)
        for key, blob in self.rows("SELECT * FROM recipient_subjects ORDER BY key"):
            what = f"subjects of recipient {key // PARTS}"
            subjects[self.hosts[key // PARTS]] += read_numbers(Octets(unpacked(payload("N", blob, what), what), what))
        return subjects

    def checked(self, table: str, columns: str) -> list[tuple]:
        """The rows of a table with a checksum of these columns."""
        rows = self.rows(f"SELECT {columns}, checksum FROM {table} ORDER BY 1, 2")
        for row in rows:
            if checksum(b"".join(map(signed, row[:-1]))) != row[-1] % (1 << 64):
                raise Damaged(f"a row of {table} does not match its checksum")
        return [row[:-1] for row in rows]
