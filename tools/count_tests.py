#!/usr/bin/env python3
"""Adds up the test cases of a ctest run (--output-junit) and prints "N passed, N failed".

A Catch2 program counts with each of its cases; a program that died, or is no Catch2 program, counts as one. A case that
returned with WARN("skipped: …") did not pass: "N skipped" stands before the last line if there are any. What failed, and
where, is told before that, a few lines a case, so that it is among the last lines of a log of which only those are kept.
"""

import re
import sys
import xml.etree.ElementTree as ElementTree

ALL_PASSED = re.compile(r"All tests passed \(.* in (\d+) test cases?\)")
SOME_FAILED = re.compile(r"^test cases:\s+\d+ \|(.*)$", re.MULTILINE)
SKIPPED = re.compile(r"^\s*skipped: ", re.MULTILINE)
# A title between two rules: the name of the case, and indented below it those of its sections.
TITLE = re.compile(r"^-{79}\n((?:(?!-{79}$).*\n)+?)-{79}$", re.MULTILINE)
NUMBER_OF = r"(\d+) {}"
FAILED = re.compile(r"^\S+:\d+: FAILED:$", re.MULTILINE)
LINES_A_CASE = 12
CASES_A_PROGRAM = 4


def titled(output: str) -> list[tuple[str, str]]:
    """Each title between rules and the text below it; what stands before the first one has none."""
    before, *rest = TITLE.split(output)
    return [("", before), *zip(rest[::2], rest[1::2])]


def skipped_cases(output: str) -> int:
    """How many cases skipped something; one counts once, however often it says so and in however many sections."""
    return len(
        {re.sub(r"^ .*\n", "", title, flags=re.MULTILINE) for title, text in titled(output) if SKIPPED.search(text)}
    )


def failures(program: ElementTree.Element) -> list[str]:
    """Of a program that failed: its failed cases with the first lines of each, or the end of what it printed."""
    if program.get("status") == "run":
        return []
    output = program.findtext("system-out") or ""
    told = [f"{program.get('name')}:"]
    for title, text in titled(output):
        found = FAILED.search(text)
        if found:
            told += ["  " + line for line in title.splitlines()]
            told += ["    " + line for line in text[found.start() :].splitlines()[:LINES_A_CASE] if line]
    if len(told) == 1:
        told += ["  " + line for line in output.splitlines()[-LINES_A_CASE:]]
    return told[: 1 + CASES_A_PROGRAM * (LINES_A_CASE + 2)]


def cases(program: ElementTree.Element) -> tuple[int, int, int]:
    """(passed, failed, skipped) of one program that ctest ran."""
    ran = program.get("status") == "run"
    output = program.findtext("system-out") or ""
    skipped = skipped_cases(output)
    if ran:
        found = ALL_PASSED.search(output)
        return (int(found.group(1)) - skipped, 0, skipped) if found else (1, 0, 0)
    found = SOME_FAILED.search(output)
    if not found:
        return 0, 1, 0
    passed = re.search(NUMBER_OF.format("passed"), found.group(1))
    failed = re.search(NUMBER_OF.format("failed"), found.group(1))
    return (
        (int(passed.group(1)) if passed else 0) - skipped,
        max(1, int(failed.group(1)) if failed else 0),
        skipped,
    )


def main(junit: str) -> int:
    programs = list(ElementTree.parse(junit).iter("testcase"))
    for line in (line for program in programs for line in failures(program)):
        print(line)
    counted = [cases(program) for program in programs]
    passed, failed, skipped = (sum(column) for column in zip(*counted))
    if skipped:
        print(f"{skipped} skipped")
    print(f"{passed} passed, {failed} failed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
