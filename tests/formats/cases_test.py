#!/usr/bin/env python3
"""Cases written by Fedtrail say the same to Fedtrail and to a reader made from docs/formats/ alone.

cases_test.py MAKE_CASES: the program that writes them and what Fedtrail reads.
"""

import json
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import unittest

from cases import Cases, Directory
from octets import Damaged

MAKE_CASES = sys.argv.pop()


def key_of(subject: int) -> bytes:
    """The keys that the program seals with."""
    return bytes((subject + place * 7) % 256 for place in range(64))


class CaseFormats(unittest.TestCase):
    maxDiff = 2_000

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="fedtrail-formats-")))
        subprocess.run([MAKE_CASES, cls.folder], check=True)
        cls.expected = json.loads((cls.folder / "expected-cases.json").read_text())
        cls.cases = Cases(cls.folder / "cases.db", key_of)

    def test_requests_with_their_events_and_objects_are_the_same(self):
        self.assertEqual(self.cases.requests(), self.expected["requests"])
        self.assertEqual([self.cases.events(number) for number in (1, 2)], self.expected["events"])
        self.assertEqual([self.cases.objects(number) for number in (1, 2)], self.expected["objects"])
        self.assertEqual([len(objects) for objects in self.expected["objects"]], [300, 0])

    def test_notices_and_their_evidence_are_the_same(self):
        self.assertEqual(self.cases.notices(), self.expected["notices"])
        self.assertEqual(
            self.cases.evidence(1), {kind: self.expected[kind] for kind in ("attempts", "looks", "letters")}
        )

    def test_objections_and_the_directory_are_the_same(self):
        self.assertEqual(self.cases.objections(), self.expected["objections"])
        self.assertEqual(self.cases.objection_reasons(), self.expected["objection_reasons"])
        directory = Directory(self.folder / "directory.db")
        self.assertEqual(directory.entries(), self.expected["directory"])
        self.assertEqual(directory.policies(), self.expected["policies"])
        self.assertEqual(len(self.expected["policies"]), 3)
        self.assertEqual(directory.refreshes(), self.expected["refreshes"])
        self.assertEqual(len(self.expected["refreshes"]), 2)

    def test_another_key_opens_nothing(self):
        with self.assertRaisesRegex(Damaged, "does not open"):
            Cases(self.folder / "cases.db", lambda subject: key_of(subject + 1)).notices()

    def test_a_row_that_says_another_thing_beside_its_blob_is_refused(self):
        with tempfile.TemporaryDirectory(prefix="fedtrail-formats-") as folder:
            copy = pathlib.Path(folder) / "cases.db"
            copy.write_bytes((self.folder / "cases.db").read_bytes())
            database = sqlite3.connect(copy)
            database.execute("UPDATE notice SET recipient = 'c.example' WHERE number = 2")
            database.commit()
            database.close()
            with self.assertRaisesRegex(Damaged, "does not match its checksum"):
                Cases(copy, key_of).notices()


if __name__ == "__main__":
    unittest.main(verbosity=2)
