#!/usr/bin/env python3
"""Bundles written by Fedtrail, good and broken, get the same verdict from a verifier made from docs/formats/ alone.

bundle_test.py MAKE_BUNDLES VERIFY_BUNDLE: the program that writes them and what Fedtrail says of them, and the
program that checks one.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import zipfile

import bundle
import lies
from octets import Damaged
from tlog import Key

VERIFY_BUNDLE, MAKE_BUNDLES = sys.argv.pop(), sys.argv.pop()
MOST_MEMORY = 48 << 20  # octets


# Sanitizers take memory of their own.
SANITIZED = any(mark in pathlib.Path(VERIFY_BUNDLE).read_bytes() for mark in (b"__asan_init", b"__tsan_init"))


def holds(file: bytes) -> bool:
    try:
        bundle.check(file)
    except Damaged:
        return False
    return True


def verdict(file: bytes, kept: bytes) -> str:
    try:
        return "holds" if bundle.check(file, kept) else "open"
    except Damaged:
        return "fails"


class Bundles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="fedtrail-bundles-")))
        subprocess.run([MAKE_BUNDLES, cls.folder], check=True)
        cls.expected = json.loads((cls.folder / "expected.json").read_text())

    def test_whole_bundles_get_the_same_verdict(self):
        verdicts = {name: holds((self.folder / name).read_bytes()) for name in self.expected}
        self.assertEqual(verdicts, {name: each["holds"] for name, each in self.expected.items()})
        self.assertEqual(sum(verdicts.values()), 29)
        self.assertEqual(len(verdicts), 77)

    def test_bundles_with_a_changed_octet_get_the_same_verdict(self):
        for name, each in self.expected.items():
            file = (self.folder / name).read_bytes()
            for at, mask, said in each["changes"]:
                changed = file[:at] + bytes([file[at] ^ mask]) + file[at + 1 :]
                if said or holds(changed):
                    self.fail(f"{name}: bit {mask} of octet {at}: {said} and {holds(changed)}")

    def test_a_kept_checkpoint_gets_the_same_verdict(self):
        verdicts = set()
        for name, each in self.expected.items():
            file = (self.folder / name).read_bytes()
            for note, said in each.get("kept", []):
                with self.subTest(name, note=note):
                    self.assertEqual(verdict(file, note.encode()), said)
                verdicts.add(said)
        self.assertEqual(verdicts, {"holds", "fails", "open"})

    def test_what_is_signed_and_spelled_otherwise_gets_the_same_verdict(self):
        for expected, cases in ((False, lies.LIES), (True, lies.ODD)):
            for name, *changed in cases:
                with self.subTest(name, changed=changed):
                    self.compare(lies.told((self.folder / name).read_bytes(), *changed), expected)

    def test_what_was_done_of_a_request_before_it_came_is_found(self):
        self.compare(lies.out_of_order((self.folder / "request-full.zip").read_bytes()), False)

    def test_a_log_of_more_leaves_than_there_can_be_is_found(self):
        file = (self.folder / "request-full.zip").read_bytes()
        for size, expected in ((2**62, True), (2**62 + 1, False), (2**63 - 1, False), (2**63, False)):
            with self.subTest(size=size):
                self.compare(lies.vast(file, size), expected)

    def test_windows_of_more_leaves_than_there_can_be_are_found(self):
        file = (self.folder / "request-full.zip").read_bytes()
        for sizes, expected in (([2**61], True), ([2**62 + 1], False), ([2**62] * 2, False), ([2**63] * 2, False)):
            with self.subTest(sizes=sizes):
                self.compare(lies.vast_windows(file, sizes), expected)

    def test_what_is_no_host_and_what_no_line_ends_is_found(self):
        for change, name in ((lies.of_another_host, "request-full.zip"), (lies.not_ended, lies.EVERYTHING)):
            with self.subTest(name):
                self.compare(change((self.folder / name).read_bytes()), False)

    def test_what_a_window_or_a_record_may_say_gets_the_same_verdict(self):
        less = "everything-pseudonymised.zip"
        for change, name, expected in (
            (lies.of_all_times, lies.PERIOD, False), (lies.of_no_time, lies.PERIOD, True),
            (lies.of_any_name, "everything-full.zip", True), (lies.of_an_operator, less, False),
        ):
            with self.subTest(change.__name__):
                self.compare(change((self.folder / name).read_bytes()), expected)

    def test_what_checkpoints_may_be_gets_the_same_verdict(self):
        file = (self.folder / lies.EVERYTHING).read_bytes()
        for changed, expected in (
            (lies.cut(file), False), (lies.from_nothing(file), True), (lies.cosigned(file, 64), True),
            (lies.cosigned(file, 65), False), (lies.sized(file, "9" * 5000), False),
        ):
            with self.subTest(expected=expected):
                self.compare(changed, expected)

    def compare(self, file: bytes, expected: bool):
        given = self.folder / "signed"
        given.write_bytes(file)
        said = subprocess.run([VERIFY_BUNDLE, given], capture_output=True, text=True)
        self.assertIn(said.returncode, (1, 5))
        self.assertEqual((said.returncode == 5, holds(file)), (expected, expected), said.stdout)

    def test_a_hostile_bundle_gets_a_verdict_and_little_memory(self):
        hostile = [name for name in self.expected if name.startswith("hostile")]
        self.assertEqual(len(hostile), 22)
        for name in hostile:
            with self.subTest(name):
                program = subprocess.Popen([VERIFY_BUNDLE, self.folder / name], stdout=subprocess.PIPE)
                said = program.stdout.read().decode()
                _, status, used = os.wait4(program.pid, 0)
                program.returncode = os.waitstatus_to_exitcode(status)
                program.stdout.close()
                self.assertEqual(program.returncode, 1)
                self.assertIn("The bundle does NOT hold.", said)
                if not SANITIZED:
                    self.assertLess(used.ru_maxrss << 10, MOST_MEMORY)

    def test_what_is_no_checkpoint_says_nothing_of_the_bundle(self):
        good = next(name for name, each in self.expected.items() if each["holds"])
        given = self.folder / "no-checkpoint"
        given.write_text("no checkpoint")
        for file, code in ((given, 2), (self.folder / "nowhere", 3)):
            said = subprocess.run(
                [VERIFY_BUNDLE, self.folder / good, "--checkpoint", file], capture_output=True, text=True
            )
            self.assertEqual((said.returncode, said.stdout), (code, ""))
            self.assertIn(file.name, said.stderr)

    def test_a_checkpoint_has_a_size_of_63_bits(self):
        name = next(name for name, each in self.expected.items() if each["holds"])
        file, given = (self.folder / name).read_bytes(), self.folder / "checkpoint"
        log = json.loads(bundle.members_of(file)["manifest.json"])["log"]
        for size, code, said in ((2**63 - 1, 5, "open"), (2**63, 2, "fails")):
            note = lies.note(Key(log["key"]), f"{log['origin']}\n{size}\n{log['root']}\n")
            given.write_bytes(note)
            with self.subTest(size=size):
                self.assertEqual(verdict(file, note), said)
                found = subprocess.run([VERIFY_BUNDLE, self.folder / name, "--checkpoint", given], capture_output=True)
                self.assertEqual(found.returncode, code)

    def test_a_file_that_is_not_there_is_told_with_the_reason(self):
        said = subprocess.run([VERIFY_BUNDLE, self.folder / "nowhere"], capture_output=True, text=True)
        self.assertEqual((said.returncode, said.stdout), (3, ""))
        self.assertIn("No such file or directory", said.stderr)

    def test_what_is_no_file_is_not_waited_for(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)  # nobody writes into it
        for name in (pipe, "/dev/zero", self.folder):
            with self.subTest(name):
                said = subprocess.run([VERIFY_BUNDLE, name], capture_output=True, text=True, timeout=60)
                self.assertEqual((said.returncode, said.stdout), (1, ""))
                self.assertIn("is no file", said.stderr)
        pipe.unlink()

    def test_any_zip_reader_reads_them(self):
        for name in self.expected:
            with zipfile.ZipFile(self.folder / name) as opened:
                self.assertIsNone(opened.testzip())
                self.assertIn("README.html", opened.namelist())


if __name__ == "__main__":
    unittest.main()
