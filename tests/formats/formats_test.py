#!/usr/bin/env python3
"""A ledger written by Fedtrail answers the same to Fedtrail and to a reader made from docs/formats/ alone.

formats_test.py MAKE_LEDGER: the program that writes the ledger and what Fedtrail answers.
"""

import contextlib
import io
import json
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

import read_ledger  # first: says which packages are missing
from blob import checksum
from facts import HolderColumns, UriColumns

MAKE_LEDGER = sys.argv.pop()


def read(folder: pathlib.Path) -> dict:
    """What the reader prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        read_ledger.main(*(str(folder / name) for name in ("ledger.db", "vault.db", "master.key")))
    return json.loads(printed.getvalue())


class Watch:
    """Notes the first argument of every call of a method."""

    def __init__(self, owner: type, method: str):
        self.seen, known = set(), getattr(owner, method)

        def watched(this, first, *others):
            self.seen.add(first)
            return known(this, first, *others)

        setattr(owner, method, watched)


class Formats(unittest.TestCase):
    maxDiff = 2_000

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="fedtrail-formats-")))
        subprocess.run([MAKE_LEDGER, cls.folder], check=True)
        cls.expected = json.loads((cls.folder / "expected.json").read_text())
        modes, tags = Watch(HolderColumns, "read"), Watch(UriColumns, "number")
        cls.answers = read(cls.folder)
        cls.modes, cls.tags = modes.seen, tags.seen

    def damaged(self, statement: str, *values) -> str:
        """What the reader says after a change of one row."""
        with tempfile.TemporaryDirectory(prefix="fedtrail-formats-") as name:
            copy = pathlib.Path(name)
            for file in ("ledger.db", "vault.db", "master.key"):
                shutil.copy(self.folder / file, copy)
            with contextlib.closing(sqlite3.connect(copy / "ledger.db")) as database, database:
                self.assertEqual(database.execute(statement, values).rowcount, 1)
            with self.assertRaises(SystemExit) as refusal:
                read(copy)
            return str(refusal.exception.code)

    def query(self, text: str) -> list[tuple]:
        with contextlib.closing(sqlite3.connect(self.folder / "ledger.db")) as database:
            return database.execute(text).fetchall()

    def test_attempts_recipients_and_activities_are_the_same(self):
        self.assertEqual(self.answers["subjects"].keys(), self.expected["subjects"].keys())
        for number, expected in self.expected["subjects"].items():
            for question, answer in expected.items():
                with self.subTest(subject=number, question=question):
                    self.assertEqual(self.answers["subjects"][number][question], answer)

    def test_subjects_at_a_recipient_tunnels_and_gaps_are_the_same(self):
        for question in ("subjects_at", "tunnels", "gap_deliveries"):
            self.assertEqual(self.answers[question], self.expected[question])

    def test_the_ledger_uses_every_part_of_the_formats(self):
        self.assertEqual((self.modes, self.tags), ({0, 1, 2}, {0, 1, 2, 3, 4}))
        for table, condition in (("chunk", "closed"), ("chunk", "NOT closed"), ("chunk_times", "part > 0"),
                                 ("pairs", "key % 65536 > 0"), ("shape", "number = 4097"), ("shape", "lookup = 1"),
                                 ("shape", "lookup = 2"), ("reference", "1"), ("uri_hash", "1")):  # fmt: skip
            self.assertTrue(self.query(f"SELECT 1 FROM {table} WHERE {condition} LIMIT 1"), (table, condition))
        self.assertTrue(any(subject["confirmed_handle"] for subject in self.answers["subjects"].values()))
        self.assertTrue(any(subject["signing_keys"] for subject in self.answers["subjects"].values()))
        self.assertTrue(all(self.answers["journal"].values()), self.answers["journal"])
        kinds = {row[3] for s in self.answers["subjects"].values() for rows in s["attempts"].values() for row in rows}
        self.assertEqual(len(kinds), 9)

    def test_one_flipped_octet_of_any_blob_is_refused_by_its_checksum(self):
        for table, key, blob in (("chunk", "key", "facts"), ("chunk", "key", "times"), ("chunk_times", "key", "times"),
                                 ("shape", "number", "text"), ("pairs", "key", "recipients"),
                                 ("recipient_subjects", "key", "subjects"), ("journal", "batch", "records")):  # fmt: skip
            row, octets = self.query(f"SELECT {key}, {blob} FROM {table} LIMIT 1")[0]
            for place in (0, len(octets) // 2, len(octets) - 1):
                flipped = octets[:place] + bytes([octets[place] ^ 1]) + octets[place + 1 :]
                said = self.damaged(f"UPDATE {table} SET {blob} = ? WHERE {key} = ? AND {blob} = ?", flipped, row, octets)
                self.assertIn("does not match its checksum", said, (table, place))

    def test_a_flipped_octet_with_a_fitting_checksum_is_refused_by_its_seal(self):
        octets = self.query("SELECT facts FROM chunk ORDER BY key LIMIT 1")[0][0]
        changed = octets[:40] + bytes([octets[40] ^ 1]) + octets[41:-8]
        changed += checksum(changed).to_bytes(8, "little")
        self.assertIn("does not open", self.damaged("UPDATE chunk SET facts = ? WHERE facts = ?", changed, octets))

    def test_a_row_that_says_another_thing_beside_its_blob_is_refused(self):
        first = "(SELECT min(key) FROM chunk)"
        for column in ("first_activity", "activities", "first_at", "last_at"):
            self.assertIn("does not open", self.damaged(f"UPDATE chunk SET {column} = {column} + 1 WHERE key = {first}"))
        said = self.damaged("UPDATE recipient SET host = 'other.example' WHERE number = 1")
        self.assertIn("does not match its checksum", said)

    def test_a_changed_note_of_the_vault_is_refused(self):
        for change in ("greatest = greatest + 1", "vault_id = zeroblob(16)", "vault_id = NULL"):
            self.assertIn("notes of its vault", self.damaged(f"UPDATE vault SET {change}"))

    def test_a_changed_window_is_refused(self):
        self.assertTrue(self.query("SELECT 1 FROM window JOIN window_part ON window = number WHERE names > 0 LIMIT 1"))
        for column in ("number", "at", "first_name", "names", "leaves"):
            said = self.damaged(f"UPDATE window SET {column} = {column} + 1000 WHERE number = (SELECT max(number) FROM window)")
            self.assertIn("does not match its checksum", said, column)
        first = "(SELECT window, max(subject) FROM window_part WHERE window = (SELECT max(window) FROM window_part))"
        for column in ("subject", "first_leaf", "first_activity", "activities", "late_chunk", "first_late", "late"):
            said = self.damaged(f"UPDATE window_part SET {column} = {column} + 1 WHERE (window, subject) = {first}")
            self.assertIn("does not match its checksum", said, column)
        said = self.damaged(f"UPDATE window_part SET commitments = zeroblob(32) WHERE (window, subject) = {first}")
        self.assertIn("does not match its checksum", said)

    def test_another_master_key_is_refused(self):
        with tempfile.NamedTemporaryFile("w") as other:
            other.write("00" * 32)
            other.flush()
            with self.assertRaises(SystemExit) as refusal:
                read_ledger.main(str(self.folder / "ledger.db"), str(self.folder / "vault.db"), other.name)
        self.assertIn("the master key is not this vault's", str(refusal.exception.code))


if __name__ == "__main__":
    unittest.main(verbosity=2)
