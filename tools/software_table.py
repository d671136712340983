#!/usr/bin/env python3
"""Prints the table of docs/erasure.md that says what is sent to which software; --write puts it there."""

import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs/erasure.md"
FIRST, LAST = "<!-- generated:software -->", "<!-- /generated:software -->"

HEAD = ["software", "Deletes for", "form", "what stays even so", "can be looked at", "known from"]
PLANS = {
    "actor_only": "the account",
    "objects_first": "each post, then the account",
    "objects_only": "each post; it does not understand the Delete of an account",
}
FORMS = {"plain": "URI", "typed": "typed object", "tombstone": "Tombstone"}
DOORS = {"account": "account", "object": "post"}
EVIDENCE = {"run": "seen", "read": "read", "unverified": "assumed"}


def policy(name):
    return json.loads((ROOT / "policies" / name).read_text())


def row_of(dialect, probes):
    software = dialect["software"]
    objects_alone = dialect["account"] == "objects_only"
    sent = dialect["object_forms" if objects_alone else "actor_forms"]
    form = ", then ".join(dict.fromkeys(FORMS[each] for each in sent))
    more = ["`removeData`"] if dialect.get("remove_data") else []
    more += ["again when the origin answers 404 or 410"] if dialect.get("asks_origin") else []
    doors = [
        word
        for target, word in DOORS.items()
        if any(probe["target"] == target and set(probe["software"]) & set(software) for probe in probes)
    ]
    return [
        ", ".join(software) or "any other",
        PLANS[dialect["account"]],
        "; ".join([form, *more]),
        dialect.get("leaves") or "–",
        ", ".join(doors) or "no",
        EVIDENCE[dialect["evidence"]],
    ]


def table():
    probes = policy("probes.json")["probes"]
    rows = [row_of(dialect, probes) for dialect in policy("dialects.json")["dialects"]]
    return "\n".join(f"| {' | '.join(row)} |" for row in [HEAD, ["---"] * len(HEAD), *rows])


def in_document():
    return DOCUMENT.read_text().partition(f"{FIRST}\n")[2].partition(f"\n{LAST}")[0]


def main():
    if sys.argv[1:] == ["--write"]:
        assert in_document(), f"{DOCUMENT} has no {FIRST} … {LAST}"
        DOCUMENT.write_text(DOCUMENT.read_text().replace(in_document(), table()))
    else:
        print(table())


if __name__ == "__main__":
    main()
