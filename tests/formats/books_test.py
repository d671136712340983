#!/usr/bin/env python3
"""What the program wrote down of people and recipients, and its log, say the same to the program and to a reader made from
docs/formats/ alone.

books_test.py FEDTRAIL: the program.
"""

import datetime
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import unittest

from books import PeopleBooks, RecipientBooks, shreddings
from log import Log
from octets import Damaged
from vault import Vault

FEDTRAIL = sys.argv.pop()
DAY_ONE = datetime.date(1970, 1, 1)
POSTS = (("anna", "a.example"), ("ben", "a.example"), ("ben", "b.example"))


def post(name: str, recipient: str) -> dict:
    actor = f"https://o.example/users/{name}"
    return {"at": "2026-01-02T03:04:05Z", "channel": "push", "recipient": recipient,
            "outcome": {"kind": "accepted", "status": 202},
            "digest": {"actor": actor, "username": name, "object": f"{actor}/1", "id": f"{actor}/1/activity",
                       "type": "Create", "categories": ["handle", "post_text"], "visibility": "public"}}  # fmt: skip


def day(text: str | None) -> int | None:
    return (datetime.date.fromisoformat(text) - DAY_ONE).days if text else None


def milliseconds(text: str) -> int:
    since = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (since - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) // datetime.timedelta(milliseconds=1)


class Books(unittest.TestCase):
    maxDiff = 2_000

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="fedtrail-books-")))
        cls.data = cls.folder / "data"
        cls.run_program("init", "--origin", "o.example")
        cls.write("posts.ndjson", "".join(json.dumps(post(*what)) + "\n" for what in POSTS))
        cls.run_program("import", "ndjson", "posts.ndjson")
        for words in (
            "set 2 minor=true", "consent 2 --country US --given 2026-11-22 --evidence form-17",
            "consent 2 --country US --recipient a.example --given 2026-11-20 --evidence form-18",
            "consent 2 --country US --recipient a.example --withdrawn 2026-11-25",
            "object 2 b.example --reason spam", "show 2 --names --reason complaint", "shred 1 --reason asked",
        ):  # fmt: skip
            cls.run_program("subjects", *words.split())
        cls.run_program("recipients", "set", "a.example", "country=DE", "operator=Example e. V.", "--reason", "imprint")
        cls.run_program("recipients", "set", "a.example", "country=NL", "--reason", "moved")
        cls.run_program("recipients", "unset", "a.example", "operator", "--reason", "was wrong")
        cls.write("blocks.csv", "#domain,#severity,#public_comment\nbad.example,suspend,spam\nmeh.example,silence,\n")
        cls.run_program("recipients", "import", "--format", "mastodon", "blocks.csv")
        cls.write("whois.csv", "domain,country\nb.example,FR\n")
        cls.run_program("recipients", "import", "--format", "whois", "whois.csv")
        cls.run_program("transfers", "switch", "dpf", "--off", "--reason", "annulled")
        cls.run_program("retention", "run")
        cls.run_program("audit", "checkpoint", "--now")
        cls.vault = Vault(cls.data / "vault.db", bytes.fromhex((cls.data / "master.key").read_text()))
        cls.people = PeopleBooks(cls.data / "cases.db", lambda subject: cls.vault.people[subject].key)
        cls.recipients = RecipientBooks(cls.data / "directory.db")

    @classmethod
    def write(cls, name: str, content: str) -> None:
        (cls.folder / name).write_text(content)

    @classmethod
    def run_program(cls, *words: str) -> str:
        settings = {name: value for name, value in os.environ.items() if not name.startswith("FEDTRAIL_")}
        settings["FEDTRAIL_LEDGER_BALLAST"] = "0"
        said = subprocess.run([FEDTRAIL, *words], cwd=cls.folder, env=settings, capture_output=True, text=True)
        if said.returncode:
            raise AssertionError(f"fedtrail {' '.join(words)}: {said.stderr}")
        return said.stdout

    def told(self, *words: str) -> dict:
        return json.loads(self.run_program(*words, "--json"))

    def test_consents_and_facts_are_the_same(self):
        told = self.told("subjects", "consents", "2")["consents"]
        for each in told:
            each.update(given=day(each["given"]), withdrawn=day(each["withdrawn"]))
        self.assertEqual(self.people.consents(2), told)
        self.assertEqual([each["withdrawn"] is None for each in told], [True, False])
        self.assertEqual(self.people.minor(2), self.told("subjects", "show", "2")["minor"])
        self.assertTrue(self.people.minor(2))

    def test_looks_are_the_same(self):
        told = self.told("subjects", "accesses", "2")["accesses"]
        for each in told:
            each.update(at=milliseconds(each["at"]), stated=each["why"] if each["stated"] else None)
            del each["why"], each["purpose"], each["damaged"]
        self.assertEqual(self.people.looks(2), told)
        self.assertIn(("name", True, "complaint"), [(each["what"], each["revealed"], each["stated"]) for each in told])

    def test_declarations_are_the_same(self):
        told = self.told("recipients", "show", "a.example")
        for each in told["declared"] + told["history"]:
            each["at"] = milliseconds(each["at"])
        self.assertEqual(self.recipients.declared("a.example"), told["declared"])
        self.assertEqual(self.recipients.acts("a.example"), told["history"])
        self.assertEqual([len(act["changes"]) for act in told["history"]], [2, 1, 1])

    def test_findings_blocks_and_switches_are_the_same(self):
        told = self.told("recipients", "show", "b.example")["country"]
        (found,) = self.recipients.findings()
        self.assertEqual((found["host"], found["code"], found["confidence"]), ("b.example", told["code"], told["confidence"]))
        self.assertEqual((found["source"], found["why"]), (told["source"], told["why"]))
        self.assertEqual(
            [[*block[:3], block[4]] for block in self.recipients.blocks()],
            [["bad.example", "blocks", "suspended", "spam"], ["meh.example", "blocks", "limited", ""]],
        )
        turns = self.told("transfers", "switch", "dpf")["history"]
        for turn in turns:
            turn["at"] = milliseconds(turn["at"])
        self.assertEqual(self.recipients.turns("dpf"), turns)
        self.assertEqual(len(turns), 1)

    def test_shreddings_are_the_same(self):
        told = self.told("subjects", "shredded")["shreddings"]
        told[0]["at"] = milliseconds(told[0]["at"])
        self.assertEqual(shreddings(self.data / "vault.db", self.vault.index), told)

    def test_the_log_has_every_leaf_of_every_store(self):
        checkpoint = self.told("audit", "checkpoint", "--now")
        log = Log(self.data)
        self.assertEqual(len(log.entries), checkpoint["size"])
        self.assertEqual(log.root(checkpoint["size"]).hex(), checkpoint["root"])
        counts = log.check_leaves()
        self.assertEqual(sum(counts.values()), checkpoint["size"])
        self.assertTrue(all(counts.values()), counts)
        self.assertEqual(log.check_tiles(), checkpoint["size"])

    def test_a_changed_leaf_does_not_fit_the_log(self):
        with tempfile.TemporaryDirectory(prefix="fedtrail-books-") as name:
            for file in self.data.glob("*.db"):
                with sqlite3.connect(file) as source, sqlite3.connect(f"{name}/{file.name}") as copy:
                    source.backup(copy)
            with sqlite3.connect(f"{name}/log.db") as database:
                database.execute("UPDATE entry SET commitment = zeroblob(32) WHERE number = 1")
            changed = Log(name)
            for check in (changed.check_leaves, changed.check_tiles):
                with self.assertRaises(Damaged):
                    check()


if __name__ == "__main__":
    unittest.main(verbosity=2)
