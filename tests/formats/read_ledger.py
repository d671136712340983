#!/usr/bin/env python3
"""Reads a ledger with nothing but docs/formats/ and schemas/sqlite/, and prints what it says as JSON.

read_ledger.py LEDGER VAULT MASTER-KEY-FILE: who the subjects are, per object every attempt as [recipient, second,
channel, kind, status], the recipients added up, and what the journal holds. Exit code 1 and a sentence if anything is
damaged.
"""

import json
import sys

try:
    from answers import answers
    from ledger import Ledger
    from octets import Damaged
    from vault import Vault
except ModuleNotFoundError as missing:
    packages = {"cryptography": "python3-cryptography", "xxhash": "python3-xxhash", "zstandard": "python3-zstandard"}
    if missing.name not in packages:
        raise
    sys.exit(f"the Debian package {packages[missing.name]} is missing; this needs {', '.join(packages.values())}")


def main(ledger: str, vault: str, master_key_file: str) -> None:
    try:
        with open(master_key_file, encoding="ascii") as file:
            master = bytes.fromhex(file.read())
        json.dump(answers(Ledger(ledger, Vault(vault, master))), sys.stdout, indent=1, sort_keys=True)
    except Damaged as damage:
        sys.exit(f"{ledger} cannot be read: {damage}")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
