"""Whether the bench of erasures says that a target was missed, with programs in its place that measure nothing."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

BENCH = pathlib.Path(__file__).parent / "run"
GOOD = {"sign": 0.001, "handshake": 0.001, "delivery": 0.003, "messages": 1000, "connections": 1000, "plan_seconds": 1,
        "plan_cpu": 1, "recipients": 30000, "reachable": 25500, "told": 25500, "sent": 1, "seconds": 1, "cpu": 1,
        "peak_mb": 300, "filled_mb": 1}  # fmt: skip


def bench(**changed):
    """(exit code, standard output, standard error) where the program measures GOOD with these changes."""
    with tempfile.TemporaryDirectory() as folder:
        programs = pathlib.Path(folder) / "tests/bench/erasure"
        programs.mkdir(parents=True)
        figures = "\\n".join(f"{name} {value}" for name, value in (GOOD | changed).items())
        for name, script in {"erasure_bench": f"printf '{figures}\\n'", "erasure_bench_sink": "echo; exec sleep 60"}.items():
            (programs / name).write_text(f"#!/bin/sh\n{script}\n")
            (programs / name).chmod(0o755)
        ran = subprocess.run([sys.executable, "-B", BENCH, folder], capture_output=True, text=True, check=False,
                             env={"PATH": os.environ["PATH"]})  # no figures of the caller's
    return ran.returncode, ran.stdout, ran.stderr


class Targets(unittest.TestCase):
    def test_what_is_met_is_told_without_complaint(self):
        code, said, complaint = bench()
        self.assertEqual((code, complaint), (0, ""))
        self.assertIn("| ratio to the sum of the two | 1.50 |", said)

    def test_each_that_is_missed_is_named_and_the_tables_are_whole(self):
        for name, value in {"delivery": 0.0031, "plan_seconds": 1.2, "peak_mb": 301}.items():
            code, said, complaint = bench(**{name: value})
            self.assertEqual(code, 3, name)
            self.assertIn("ratio is 1.55" if name == "delivery" else f"{name} is", complaint)
            self.assertEqual(len(complaint.splitlines()), 1, name)
            self.assertIn("peak memory", said)

    def test_whoever_was_not_told_makes_it_fail(self):
        code, _, complaint = bench(told=25499)
        self.assertEqual(code, 1)
        self.assertIn("not everybody", complaint)


if __name__ == "__main__":
    unittest.main()
