#!/usr/bin/env python3
"""Checks an audit bundle; made from docs/formats/ alone.

bundle.py FILE [CHECKPOINT]: says which of docs/formats/bundle.md's points a bundle does not keep.
"""

import collections
import hashlib
import json
import pathlib
import re
import struct
import sys
import zlib

import leaves
from octets import Damaged
from tlog import Checkpoint, Key, Note, Tree, consistent, from64, sha256, to64

NAME = re.compile(rb"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
FORMS = {
    "opened": ["leaf", "kind", "at", "salt", "body", "facts"],
    "closed": ["leaf", "kind", "at", "digest"],
    "claimed": ["leaf", "kind", "at", "digest", "claimed"],
    "skip": ["skip", "hashes"],
}
FULL = b"\xff\xff\xff\xff"
# Limits.
DEPTH, MARKS, TEXT = 5, 100_000, 500
LINE, MANIFEST, HISTORY, NOTE = 64 << 20, 4 << 20, 8 << 20, 1 << 16
EARLIER, PROOF, ABSENT = 1001, 128, 5000
MOST = {"manifest.json": MANIFEST, "manifest.sig": NOTE, "checkpoint": NOTE, "checkpoints.ndjson": HISTORY}
STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)


def header(name: bytes, crc: int, size: int) -> bytes:
    return (
        b"PK\x03\x04\x2d\x00\x00\x08\x00\x00\x00\x00\x21\x00" + struct.pack("<I", crc) + FULL * 2
        + struct.pack("<HH", len(name), 20) + name + struct.pack("<HHQQ", 1, 16, size, size)
    )


def row(name: bytes, crc: int, size: int, place: int) -> bytes:
    return (
        b"PK\x01\x02\x2d\x03\x2d\x00\x00\x08\x00\x00\x00\x00\x21\x00" + struct.pack("<I", crc) + FULL * 2
        + struct.pack("<HH", len(name), 28) + bytes(6) + b"\x00\x00\xa4\x81" + FULL + name
        + struct.pack("<HHQQQ", 1, 24, size, size, place)
    )


def ends(count: int, size: int, place: int) -> bytes:
    return (
        b"PK\x06\x06" + struct.pack("<Q", 44) + b"\x2d\x03\x2d\x00" + bytes(8)
        + struct.pack("<QQQQ", count, count, size, place)
        + b"PK\x06\x07" + struct.pack("<IQI", 0, place + size, 1) + b"PK\x05\x06" + bytes(4) + b"\xff" * 12 + bytes(2)
    )


def members_of(file: bytes) -> dict[str, bytes]:
    """The contents, after the whole file was written anew from them and compared."""
    if len(file) < 98:
        raise Damaged("the file is too short")
    count, _, size, place = struct.unpack_from("<QQQQ", file, len(file) - 98 + 24)
    if count > 10_000 or place + size != len(file) - 98 or file[-98:] != ends(count, size, place):
        raise Damaged("the end of the zip")
    members, again, at = {}, [], place
    for _ in range(count):
        if at + 74 > len(file) - 98:
            raise Damaged("the directory")
        crc, length = *struct.unpack_from("<I", file, at + 16), *struct.unpack_from("<H", file, at + 28)
        name = file[at + 46 : at + 46 + length]
        found_row = file[at : at + 74 + length]
        length_, begin = struct.unpack_from("<8xQQ", found_row[46 + length + 4 :]) if len(found_row) == 74 + length else (0, 0)
        if not NAME.fullmatch(name) or len(name) > 200 or found_row != row(name, crc, length_, begin):
            raise Damaged("a row of the directory")
        if name.decode() in members or begin != sum(map(len, again)):
            raise Damaged("a member's name or place")
        content = file[begin + 50 + length : begin + 50 + length + length_]
        if zlib.crc32(content) != crc or len(content) != length_:
            raise Damaged(f"{name.decode()} does not fit its checksum")
        again += [header(name, crc, length_), content]
        members[name.decode()] = content
        at += len(found_row)
    if at != len(file) - 98 or b"".join(again) != file[:place]:
        raise Damaged("what stands around the members")
    return members


def no_duplicates(pairs: list) -> dict:
    if len({key for key, _ in pairs}) != len(pairs):
        raise Damaged("a key is there twice")
    return dict(pairs)


def check_depth(text: bytes) -> bytes:
    """What is left of a JSON text without its strings."""
    bare, depth = STRING.sub(b"", text), 0
    for mark in re.finditer(rb"[\[\]{}]", bare):
        depth += 1 if mark[0] in b"[{" else -1
        if depth > DEPTH:
            raise Damaged("nested too deeply")
    return bare


def parse(text: bytes) -> dict:
    check_depth(text)
    try:
        found = json.loads(text.decode(), object_pairs_hook=no_duplicates)
    except (ValueError, RecursionError):
        raise Damaged("no JSON") from None
    if not isinstance(found, dict):
        raise Damaged("no JSON object")
    return found


def parse_line(octets: bytes) -> dict:
    line = parse(octets)
    if json.dumps(line, separators=(",", ":"), ensure_ascii=False).encode() != octets:
        raise Damaged("a line is not in the one spelling")
    return line


class Records:
    """Point 5."""

    def __init__(self):
        self.tree, self.window, self.inner = Tree(), None, None
        self.counts = {"opened": collections.Counter(), "closed": collections.Counter()}
        self.numbers = collections.Counter()
        self.claims, self.policies, self.skipped = False, set(), None
        self.roots = {0: Tree().root()}  # by the size that the log had then

    def line(self, octets: bytes) -> None:
        if len(octets) > LINE:
            raise Damaged("a line is too long")
        line = parse_line(octets)
        number = line.pop("in", None)
        form = next((name for name, keys in FORMS.items() if list(line) == keys), None)
        if form is None or not octets.startswith(b'{"in":' if number is not None else (b'{"leaf":', b'{"skip":')):
            raise Damaged("no such line")
        if number is None:
            self.close()
        elif self.window is None or self.window["number"] != number:
            raise Damaged("a line of another window")
        elif self.inner is None:
            self.inner, self.skipped = Tree(), None
            self.numbers["windows"] += 1
        tree = self.tree if number is None else self.inner
        if form == "skip":
            self.skip(line, tree, number is not None)
        else:
            self.record(line, form, tree, number is not None)

    def skip(self, line: dict, tree: Tree, inner: bool) -> None:
        count = line["skip"]
        if type(count) is not int or not 0 < count < 1 << 62 or self.skipped is tree:
            raise Damaged("no skip")
        tree.skip(count, [from64(each, 32) for each in line["hashes"]])
        self.skipped = tree
        if not inner:
            self.roots |= tree.roots
        self.numbers["left_out" if inner else "skipped"] += count

    def record(self, line: dict, form: str, tree: Tree, inner: bool) -> None:
        self.skipped = None
        kind, at = leaves.KINDS.index(line["kind"]), leaves.milliseconds(line["at"])
        if line["leaf"] != tree.size or inner != (kind < 3):
            raise Damaged("a record that does not stand there")
        if form == "opened":
            if leaves.facts_of(kind, from64(line["body"])) != line["facts"]:
                raise Damaged("facts that the body does not say")
            facts = json.dumps(leaves.facts_of(kind, from64(line["body"])))
            if facts != json.dumps(line["facts"]):
                raise Damaged("facts in another order")
        if form == "claimed":
            leaves.check_claim(kind, line["claimed"])
        digest = leaves.digest_of(line) if form == "opened" else from64(line["digest"], 32)
        tree.append(leaves.leaf_hash(kind, at, digest))
        if not inner:
            self.roots[tree.size] = tree.root()
        self.counts["opened" if form == "opened" else "closed"][line["kind"]] += 1
        self.claims |= form == "claimed"
        if form == "opened" and kind == 3:
            self.window = line["facts"]
        if form == "opened" and kind == 10:
            self.policies |= {(f"{line['leaf']}/{name}", digest) for name, digest in line["facts"]["files"]}

    def close(self) -> None:
        if self.inner is not None:
            if self.inner.size != self.window["leaves"] or to64(self.inner.root()) != self.window["root"]:
                raise Damaged("a window's root")
            self.skipped = None
        self.window = self.inner = None


def check_members(manifest: dict, members: dict[str, bytes]) -> None:
    listed = manifest["members"]
    if [each["path"] for each in listed] != list(members)[:-2]:
        raise Damaged("other members than are listed")
    for each in listed:
        content = members[each["path"]]
        if each["size"] != len(content) or (each["path"] != "records.ndjson" and "sha256" not in each):
            raise Damaged(f"{each['path']} is listed wrongly")
        if "sha256" in each and hashlib.sha256(content).hexdigest() != each["sha256"]:
            raise Damaged(f"{each['path']} is not what it was")


def check_records(manifest: dict, members: dict[str, bytes]) -> Records:
    content = members.get("records.ndjson", b"")
    records = Records()
    if content and not content.endswith(b"\n"):
        raise Damaged("the last line is not whole")
    for number, line in enumerate(content.split(b"\n")[:-1], 1):
        try:
            records.line(line)
        except (Damaged, KeyError, ValueError, TypeError, AttributeError) as fault:
            raise Damaged(f"records.ndjson, line {number}: {fault}") from None
    records.close()
    hashed = any("sha256" in each for each in manifest["members"] if each["path"] == "records.ndjson")
    if records.claims and not hashed:
        raise Damaged("claims that nothing binds")
    counts = manifest["counts"]
    if {form: dict(kinds) for form, kinds in records.counts.items()} != {form: counts[form] for form in records.counts}:
        raise Damaged("counts of records")
    if any(counts[name] != records.numbers[name] for name in ("skipped", "windows", "left_out")):
        raise Damaged("counts of leaves")
    return records


def check_unlogged(manifest: dict) -> None:
    said = manifest.get("unlogged", {"records": 0, "oldest": None})
    if type(said["records"]) is not int or said["records"] < 0 or not (said["oldest"] is None or type(said["oldest"]) is str):
        raise Damaged("what is not in the log")


def absent_of(manifest: dict) -> list[dict]:
    absent = manifest["absent"]
    if len(absent) > ABSENT or any(len(each["path"].encode()) > TEXT for each in absent):
        raise Damaged("too much that is not there")
    if any(each["why"] not in ("not_kept", "level", "limit", "no_text") for each in absent):
        raise Damaged("no reason why something is not there")
    if any(not re.fullmatch("[0-9a-f]{64}", each.get("sha256", "0" * 64)) for each in absent):
        raise Damaged("no hash of what is not there")
    return absent


def check_history(members: dict[str, bytes], key: Key, origin: str, newest: Checkpoint) -> dict[int, bytes]:
    """The roots of the earlier checkpoints, by size."""
    roots = {}
    content = members.get("checkpoints.ndjson", b"")
    lines = content.split(b"\n")[:-1]
    if len(content) > HISTORY or len(lines) > EARLIER:
        raise Damaged("too many earlier checkpoints")
    for octets in lines:
        line = parse_line(octets)
        if list(line) != ["note", "proof"] or len(line["note"].encode()) > NOTE or len(line["proof"]) > PROOF:
            raise Damaged("no earlier checkpoint")
        earlier = Checkpoint(line["note"].encode(), key, origin)
        proof = [from64(each, 32) for each in line["proof"]]
        if not consistent(earlier.size, earlier.root, newest.size, newest.root, proof):
            raise Damaged("an earlier checkpoint of another history")
        roots[earlier.size] = earlier.root
    return roots


def check(file: bytes, kept: bytes | None = None) -> bool:
    """Raises Damaged where a bundle is not what it should be; whether it shows the log as `kept` saw it."""
    members = members_of(file)
    if list(members)[-2:] != ["manifest.json", "manifest.sig"]:
        raise Damaged("no manifest")
    if any(len(members.get(name, b"")) > most for name, most in MOST.items()):
        raise Damaged("a file is too large")
    if len(re.findall(rb"[\[{,]", check_depth(members["manifest.json"]))) > MARKS:
        raise Damaged("too much in manifest.json")
    manifest = parse(members["manifest.json"])
    try:
        return check_contents(manifest, members, kept)
    except (KeyError, TypeError, AttributeError) as fault:
        raise Damaged(f"manifest.json or a file: {fault}") from None


def check_contents(manifest: dict, members: dict[str, bytes], kept: bytes | None) -> bool:
    log = manifest["log"]
    check_unlogged(manifest)
    if any(len(text.encode()) > TEXT for text in (manifest["program"], log["key"], log["origin"])):
        raise Damaged("a text of manifest.json is too long")
    key, origin = Key(log["key"]), log["origin"]
    note = Note(members["manifest.sig"])
    text = f"fedtrail/audit-bundle/1\n{origin}\n{to64(sha256(members['manifest.json']))}\n"
    if manifest["format"] != "fedtrail/audit-bundle/1" or key.kind != 1 or note.text != text:
        raise Damaged("manifest.sig is about something else")
    if len(note.signatures) != 1 or not note.signed_by(key):
        raise Damaged("manifest.sig is not signed")
    check_members(manifest, members)
    newest = Checkpoint(members["checkpoint"], key, origin)
    if (newest.size, newest.root) != (log["size"], from64(log["root"], 32)):
        raise Damaged("the checkpoint is another one")
    records = check_records(manifest, members)
    if (records.tree.size, records.tree.root()) != (newest.size, newest.root):
        raise Damaged("the records give another root")
    hashes = [(path, sha256(content)) for path, content in members.items()]
    hashes += [(each["path"], bytes.fromhex(each.get("sha256", ""))) for each in absent_of(manifest)]
    for path, digest in hashes:
        if path.startswith("policies/") and (path[9:], to64(digest)) not in records.policies:
            raise Damaged(f"{path} was not in force")
    roots = records.roots | check_history(members, key, origin, newest)
    if kept is None:
        return True
    seen = Checkpoint(kept, key, origin)
    if roots.get(seen.size, seen.root) != seen.root:
        raise Damaged("the log was rewritten since the checkpoint was kept")
    return seen.size in roots


def main(path: str, *kept: str) -> None:
    try:
        compared = check(*(pathlib.Path(each).read_bytes() for each in (path, *kept)))
    except Damaged as fault:
        sys.exit(f"{path} does not hold: {fault}")
    print(f"{path} holds" if compared else f"{path} does not show the log of the checkpoint that was kept")


if __name__ == "__main__":
    main(*sys.argv[1:])
