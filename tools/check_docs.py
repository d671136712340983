#!/usr/bin/env python3
"""Refuses a link of the documents that leads nowhere, a row of a table that no heading belongs to, and a table of software
that the policies do not say."""

import pathlib
import re
import sys

import software_table

ROOT = pathlib.Path(__file__).resolve().parent.parent
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def documents():
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def lines_of(document):
    """The lines with their numbers, without what stands in a fence."""
    fenced = False
    for number, line in enumerate(document.read_text().splitlines(), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced:
            yield number, line


def anchors_of(document):
    """As GitHub makes them of headings: a heading that is there again gets a number."""
    anchors = set()
    for _, line in lines_of(document):
        if heading := re.match(r"#+ +(.*?) *#*$", line):
            text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1]).lower()
            anchor = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
            times = sum(1 for each in anchors if re.fullmatch(re.escape(anchor) + r"(-\d+)?", each))
            anchors.add(f"{anchor}-{times}" if times else anchor)
    return anchors


def links_of(document):
    """The targets with the number of the line they begin in: a link's words may go on in the next line."""
    lines = list(lines_of(document))
    text = "\n".join(re.sub(r"`[^`]*`", lambda code: "x" * len(code[0]), line) for _, line in lines)
    for link in LINK.finditer(text):
        yield lines[text.count("\n", 0, link.start())][0], link[1]


def dead_links(document):
    for number, target in links_of(document):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (document.parent / name).resolve() if name else document
        if not file.exists():
            yield number, f"{target}: there is no such file"
        elif anchor and file.suffix == ".md" and anchor not in anchors_of(file):
            yield number, f"{target}: there is no such heading"


def lost_rows(document):
    """A table is a run of lines that begin with a bar; its second line rules the first off."""
    run = []
    for number, line in [*lines_of(document), (0, "")]:
        if line.startswith("|"):
            run.append((number, line))
            continue
        if run and (len(run) < 2 or not re.fullmatch(r"\|[ :|\-]+\|", run[1][1])):
            yield run[0][0], "a row of a table without its heading: is there an empty line before it?"
        run = []


def old_rows(document):
    """Of the table that is made from the policies; anything else than its rows is a fault too."""
    if document != software_table.DOCUMENT:
        return
    written, wanted = software_table.in_document(), software_table.table()
    if written != wanted:
        first = document.read_text().partition(software_table.FIRST)[0].count("\n") + 2
        pairs = zip([*written.split("\n"), None], [*wanted.split("\n"), None])
        at = next(place for place, (one, other) in enumerate(pairs) if one != other)
        yield first + at, "is not what policies/dialects.json and probes.json say: tools/software_table.py --write"


def main():
    faults = 0
    for document in documents():
        for number, fault in [*dead_links(document), *lost_rows(document), *old_rows(document)]:
            print(f"{document.relative_to(ROOT)}:{number}: {fault}")
            faults += 1
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
