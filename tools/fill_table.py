#!/usr/bin/env python3
"""Replaces the text between <!-- bench:NAME --> and <!-- /bench:NAME --> of a document: DOCUMENT NAME FILE.

A bench that has no place in the document yet gets one at its end.
"""

import pathlib
import sys


def filled(document: str, name: str, text: str) -> str:
    first, last = f"<!-- bench:{name} -->", f"<!-- /bench:{name} -->"
    if first not in document and last not in document:
        document = f"{document.rstrip()}\n\n## {name.capitalize()}\n\n{first}\n{last}\n"
    if document.count(first) != 1 or document.count(last) != 1:
        sys.exit(f"the document needs exactly one {first} … {last}")
    head, rest = document.split(first)
    return f"{head}{first}\n{text.strip()}\n{last}{rest.split(last)[1]}"


if __name__ == "__main__":
    document = pathlib.Path(sys.argv[1])
    document.write_text(filled(document.read_text(), sys.argv[2], pathlib.Path(sys.argv[3]).read_text()))
