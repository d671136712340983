#!/usr/bin/env python3
"""Checks an audit bundle; made from docs/formats/ alone.

bundle.py FILE [--key VKEY] [--checkpoint FILE]: says which of docs/formats/bundle.md's points a bundle does not
keep. Exit codes: 0 it holds, 1 it does not, 5 nothing fails, but it was not shown whose it is or what log it shows.
"""

import argparse
import collections
import hashlib
import json
import pathlib
import re
import struct
import sys
import zlib

import leaves
from octets import Damaged, varint
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
SKIPPED = 1 << 62
MOST = {
    "manifest.json": MANIFEST, "manifest.sig": NOTE, "checkpoint": NOTE, "checkpoints.ndjson": HISTORY,
    "export.ndjson": 1 << 16,
}
FORMATS = {"fedtrail/audit-bundle/1": 1, "fedtrail/audit-bundle/2": 2}
EXPORT = leaves.KINDS.index("export")
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


def no_constant(word: str):
    raise ValueError(word)


def finite(text: str) -> float:
    if float(text) in (float("inf"), -float("inf")):
        raise ValueError(text)
    return float(text)


def whole(text: str) -> int | float:
    finite(text)
    return -0.0 if text == "-0" else int(text)


def parse(text: bytes) -> dict:
    check_depth(text)
    try:
        found = json.loads(
            text.decode(),
            object_pairs_hook=no_duplicates, parse_constant=no_constant, parse_float=finite, parse_int=whole,
        )
        json.dumps(found, ensure_ascii=False).encode()  # half a pair of surrogates is no letter
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


ALWAYS = {"records.ndjson", "checkpoint", "checkpoints.ndjson", "README.html"}
PAPER = re.compile(r"papers/request-(0|[1-9][0-9]*)/(answer\.json|answer\.md|letters/notice-(?:0|[1-9][0-9]*)-(?:0|[1-9][0-9]*)\.txt|told-(?:0|[1-9][0-9]*)\.(?:txt|salt))")
TOLD = re.compile(r"(papers/request-(?:0|[1-9][0-9]*)/told-(?:0|[1-9][0-9]*))\.(txt|salt)")
SALT = 64  # octets of such a file
OF_REQUESTS = range(4, 10)  # kinds
FOLLOWED = 100_000


def moment(text: str | None) -> int | None:
    return None if text is None else leaves.milliseconds(text)


def natural(value) -> int:
    """A number of 64 bits: for Python true is 1, and so is 1.0."""
    leaves.number_in(value, 0, 64)
    return value


def names_operator(by: str | dict) -> bool:
    octets = by.encode() if isinstance(by, str) else from64(by["base64"])
    return octets.startswith(b"cli:")


class Shown:
    """Points 10 and 11: what is shown, compared with level and scope."""

    def __init__(self, manifest: dict):
        self.level, self.scope, self.format = manifest["level"], manifest["scope"], FORMATS[manifest["format"]]
        if self.level not in ("full", "pseudonymised", "minimal"):
            raise Damaged("no such level")
        self.kind = self.scope["kind"]
        if self.kind not in ("everything", "period", "request", "subject"):
            raise Damaged("no such scope")
        if self.kind in ("request", "subject"):
            natural(self.scope["number"])
        self.since = moment(self.scope["since"]) if self.kind == "period" else None
        self.until = moment(self.scope["until"]) if self.kind == "period" else None
        self.subject = self.scope["number"] if self.kind == "subject" else None
        self.next = {}  # place of the next event, by request
        self.times, self.requests, self.event, self.lost = [], set(), False, False
        self.changes = []  # time, leaf, files
        self.told = {}  # digests of the words that go with events "answered", by path

    def record(self, kind: int, at: int, line: dict, form: str) -> None:
        said = line.get("facts", line.get("claimed"))
        self.event |= kind == 4
        self.level_of(kind, form, said)
        if form == "opened" and kind == 10:
            self.changes.append((at, line["leaf"], said["files"]))
        if form == "opened" and kind == 4 and said["event"] == "answered" and said["words"] is not None:
            self.told[f"papers/request-{said['request']}/told-{said['place']}"] = said["words"]
        if form == "opened" and kind in OF_REQUESTS and said["request"]:
            self.requests.add(said["request"])
        if self.kind == "period":
            self.in_time(kind, at, form)
        if self.kind in ("request", "subject"):
            self.about(kind, at, said)

    def level_of(self, kind: int, form: str, said: dict | None) -> None:
        if form == "opened" and (self.level == "minimal" and kind not in (3, 10) or self.level == "pseudonymised" and kind in (0, 14)):
            raise Damaged("more is opened than the level shows")
        if form == "claimed" and self.level != "pseudonymised":
            raise Damaged("a claim at another level")
        if form == "opened" and self.level == "pseudonymised" and names_operator(said.get("by", "")):
            raise Damaged("an operator is named")

    def in_time(self, kind: int, at: int, form: str) -> None:
        late = self.until is not None and at >= self.until
        early = self.since is not None and at < self.since and kind != 10
        if (late or early) and kind != 2 and not (kind == 3 and form == "opened"):
            raise Damaged("a record of another time")

    def about(self, kind: int, at: int, said: dict | None) -> None:
        number = self.scope["number"]
        if self.level == "minimal":
            self.times += [at] if kind in OF_REQUESTS[:-1] else []
            return
        if kind in (2, 3, 10):
            return
        if said is None:
            raise Damaged("a record of which nothing shows what it is about")
        request = said["request"] if kind in OF_REQUESTS else 0
        if kind == 4 or request == 0:
            if self.subject is None:
                self.subject = said.get("subject")
            if said.get("subject") is None or said["subject"] != self.subject:
                raise Damaged("a record about somebody else")
        if request == 0:
            return
        self.times.append(at)
        if self.kind == "request" and request != number:
            raise Damaged("a record of another request")
        if kind == 4:
            if request not in self.next and len(self.next) == FOLLOWED:
                self.lost = True
                return
            if said["place"] != self.next.get(request, 0):
                raise Damaged("an event of a request is not there")
            self.next[request] = said["place"] + 1
        elif not self.lost and request not in self.next:
            raise Damaged("a record of a request that was not received")

    def tree(self, window: dict, has_tree: bool) -> None:
        if has_tree and self.level == "minimal":
            raise Damaged("a window's tree at level minimal")
        touches = (self.until is None or window["first"] * 1000 < self.until) and (
            self.since is None or window["last"] * 1000 >= self.since
        )
        if not has_tree and self.level != "minimal" and window["leaves"] and touches:
            raise Damaged("a window without its tree")

    def check(self, skipped: int) -> None:
        if self.kind == "everything" and skipped:
            raise Damaged("everything, and not all of it")
        if self.kind == "request" and not self.event:
            raise Damaged("no record of the request")

    def policies(self) -> set[tuple[str, str]]:
        """Point 7: name and digest of all that must be there or said to be missing."""
        first, last = self.since, None if self.until is None else self.until - 1
        if self.kind == "request" and self.times:
            first, last = min(self.times), max(self.times)
        found = set()
        for i, (at, leaf, files) in enumerate(self.changes):
            until = self.changes[i + 1][0] if i + 1 < len(self.changes) else None
            if (last is None or at <= last) and (first is None or until is None or until > first):
                found |= {
                    (name, digest) for name, digest in files
                    if type(name) is str and len(f"policies/{leaf}/{name}".encode()) <= 200
                }
        return found


def check_paths(manifest: dict, members: dict[str, bytes]) -> dict[int, set[str]]:
    """Point 3; the papers of each request."""
    missing = {each["path"]: each["why"] for each in absent_of(manifest)}
    if len(missing) != len(absent_of(manifest)) or not missing.keys().isdisjoint(members):
        raise Damaged("something is missing twice, or is there")
    always = ALWAYS | ({"export.ndjson"} if FORMATS[manifest["format"]] > 1 else set())
    if not always <= set(members):
        raise Damaged("a file that every bundle has is not there")
    check_order(list(members)[:-2])
    papers = collections.defaultdict(set)
    for path in [*list(members)[:-2], *missing]:
        paper = PAPER.fullmatch(path)
        if paper and manifest["level"] == "full":
            for digits in re.findall(r"(?<=-)[0-9]+", path):
                natural(int(digits))
            papers[int(paper[1])].add(paper[2])
            if paper[2] == "answer.md" and missing.get(path) == "not_kept":
                papers[int(paper[1])].add("answer.json")
        elif (path not in always or path in missing) and not path.startswith("policies/"):
            raise Damaged("a file that no bundle of this level has")
    rules = re.compile(r"policies/[0-9]+/transfer-rules\.json")
    if manifest["level"] != "full" and any(rules.fullmatch(path) for path in members):
        raise Damaged("transfer rules at this level")
    if any(why == "level" and (manifest["level"] == "full" or not rules.fullmatch(path)) for path, why in missing.items()):
        raise Damaged("the level does not hide that")
    return papers


def check_order(paths: list[str]) -> None:
    """What comes before and what after the export."""
    if "export.ndjson" not in paths:
        return
    at = paths.index("export.ndjson")
    if set(paths[at + 1 :]) != {"checkpoint", "checkpoints.ndjson", "README.html"}:
        raise Damaged("a file on the wrong side of the export")


def check_papers(papers: dict[int, set[str]], shown: Shown) -> None:
    if set(papers) - shown.requests:
        raise Damaged("papers of a request that is not shown")
    if shown.level == "full" and any(not {"answer.json", "answer.md"} <= papers[each] for each in shown.requests):
        raise Damaged("a request without its answer")


def check_told(manifest: dict, members: dict[str, bytes], shown: Shown) -> None:
    """What people were told is what the log says, and is there or said to be missing."""
    missing, salts, digests = {each["path"] for each in absent_of(manifest)}, {}, {}
    for path, content in members.items():
        told = TOLD.fullmatch(path)
        if not told:
            continue
        if told[2] == "salt":
            salts[told[1]] = content
            if len(content) > SALT:
                raise Damaged("a salt that is too long")
            continue
        salt = salts.get(told[1], b"").decode(errors="replace")
        if not salt.endswith("\n"):
            raise Damaged("what somebody was told, without its salt before it")
        octets = from64(salt[:-1], 16)
        digests[told[1]] = to64(sha256(b"fedtrail/words/1\n" + bytes([len(octets)]) + octets + content))
    if shown.level != "full":
        return
    for path, words in shown.told.items():
        if shown.format > 1 and path not in digests and f"{path}.txt" not in missing:
            raise Damaged("what somebody was told is neither there nor said to be missing")
        if digests.get(path, words) != words:
            raise Damaged(f"{path}.txt is not what the log says")


class Records:
    """Point 5."""

    def __init__(self, shown: Shown):
        self.shown = shown
        self.tree, self.window, self.inner = Tree(), None, None
        self.counts = {"opened": collections.Counter(), "closed": collections.Counter()}
        self.numbers = collections.Counter()
        self.claims, self.policies, self.skipped = False, set(), None
        self.roots = {0: Tree().root()}  # by the size that the log had then
        self.shown_hash, self.shown_count = hashlib.sha256(), 0

    def line(self, octets: bytes) -> None:
        if len(octets) > LINE:
            raise Damaged("a line is too long")
        line = parse_line(octets)
        window = line.pop("in", None)
        form = next((name for name, keys in FORMS.items() if list(line) == keys), None)
        if form is None or not octets.startswith(b'{"in":' if window is not None else (b'{"leaf":', b'{"skip":')):
            raise Damaged("no such line")
        if window is None:
            self.close()
        elif self.window is None or self.window["number"] != natural(window):
            raise Damaged("a line of another window")
        elif self.inner is None:
            self.inner, self.skipped = Tree(), None
            self.numbers["windows"] += 1
        tree = self.tree if window is None else self.inner
        if form == "skip":
            self.skip(line, tree, window is not None)
        else:
            self.record(line, form, tree, window is not None)

    def skip(self, line: dict, tree: Tree, inner: bool) -> None:
        count = line["skip"]
        total = "left_out" if inner else "skipped"
        if type(count) is not int or count <= 0 or self.skipped is tree:
            raise Damaged("no skip")
        if tree.size + count > SKIPPED or self.numbers[total] + count > SKIPPED:
            raise Damaged("more leaves than there can be")
        tree.skip(count, [from64(each, 32) for each in line["hashes"]])
        self.skipped = tree
        if not inner:
            self.roots |= tree.roots
        self.numbers[total] += count

    def record(self, line: dict, form: str, tree: Tree, inner: bool) -> None:
        self.skipped = None
        kind, at = leaves.KINDS.index(line["kind"]), leaves.milliseconds(line["at"])
        if natural(line["leaf"]) != tree.size or inner != (kind < 3):
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
        said = line.get("facts", line.get("claimed", {}))
        if self.shown.format == 1 and kind == EXPORT and said.get("what") == "bundle contents":
            raise Damaged("a bundle of format 1 whose log says what bundles have")
        self.append(tree, leaves.leaf_hash(kind, at, digest), inner, form == "opened")
        self.shown.record(kind, at, line, form)
        self.counts["opened" if form == "opened" else "closed"][line["kind"]] += 1
        self.claims |= form == "claimed"
        if form == "opened" and kind == 3:
            self.window = line["facts"]
        if form == "opened" and kind == 10:
            self.policies |= {
                (f"{line['leaf']}/{name}", digest) for name, digest in line["facts"]["files"] if type(name) is str
            }

    def append(self, tree: Tree, leaf: bytes, inner: bool, opened: bool) -> None:
        tree.append(leaf)
        self.shown_hash.update(bytes([opened]) + leaf)
        self.shown_count += 1
        if not inner:
            self.roots[tree.size] = tree.root()

    def export(self, octets: bytes) -> dict:
        """Point 12: the facts of the log's last leaf."""
        if not octets.endswith(b"\n") or b"\n" in octets[:-1]:
            raise Damaged("export.ndjson is not one line")
        line = parse_line(octets[:-1])
        if list(line) != FORMS["opened"] or line["kind"] != "export" or natural(line["leaf"]) != self.tree.size:
            raise Damaged("export.ndjson is no export behind all other leaves")
        facts = leaves.facts_of(EXPORT, from64(line["body"]))
        if json.dumps(facts) != json.dumps(line["facts"]) or names_operator(facts["by"]):
            raise Damaged("the facts of the export")
        self.tree.append(leaves.leaf_hash(EXPORT, leaves.milliseconds(line["at"]), leaves.digest_of(line)))
        self.roots[self.tree.size] = self.tree.root()
        self.counts["opened"]["export"] += 1
        return facts

    def close(self) -> None:
        if self.window is not None:
            self.shown.tree(self.window, self.inner is not None)
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
        if natural(each["size"]) != len(content) or (each["path"] != "records.ndjson" and "sha256" not in each):
            raise Damaged(f"{each['path']} is listed wrongly")
        if "sha256" in each and hashlib.sha256(content).hexdigest() != each["sha256"]:
            raise Damaged(f"{each['path']} is not what it was")


def scope_text(scope: dict) -> str:
    if scope["kind"] == "everything":
        return "everything"
    if scope["kind"] != "period":
        return f"{scope['kind']} {scope['number']}"
    since, until = (None if scope[each] is None else leaves.written(moment(scope[each])) for each in ("since", "until"))
    return (f"from {since}" if since else "from the start") + (f" until {until}" if until else "")


def check_export(manifest: dict, records: Records, octets: bytes) -> None:
    """Point 12: what the log says was exported is what is there."""
    digest, count = records.shown_hash.digest(), records.shown_count
    contents = b"fedtrail/bundle-contents/1\n" + digest
    for each in manifest["members"]:
        if each["path"] == "export.ndjson":
            break
        if "sha256" in each:
            path = each["path"].encode()
            contents += bytes.fromhex(each["sha256"]) + varint(len(path)) + path
    said = records.export(octets)
    expected = {
        "what": "bundle contents", "level": manifest["level"], "scope": scope_text(manifest["scope"]), "by": said["by"],
        "records": count, "digest": to64(sha256(contents)),
    }
    if said != expected:
        raise Damaged("the log says that something else was exported")


def check_records(manifest: dict, members: dict[str, bytes]) -> Records:
    content = members.get("records.ndjson", b"")
    records = Records(Shown(manifest))
    if content and not content.endswith(b"\n"):
        raise Damaged("the last line is not whole")
    for number, line in enumerate(content.split(b"\n")[:-1], 1):
        try:
            records.line(line)
        except (Damaged, KeyError, ValueError, TypeError, AttributeError) as fault:
            raise Damaged(f"records.ndjson, line {number}: {fault}") from None
    records.close()
    if records.shown.format > 1:
        check_export(manifest, records, members["export.ndjson"])
    hashed = any("sha256" in each for each in manifest["members"] if each["path"] == "records.ndjson")
    if records.claims and not hashed:
        raise Damaged("claims that nothing binds")
    counts = manifest["counts"]
    for each in (counts["opened"], counts["closed"], {name: counts[name] for name in ("skipped", "windows", "left_out")}):
        for count in each.values():
            natural(count)
    if {form: dict(kinds) for form, kinds in records.counts.items()} != {form: counts[form] for form in records.counts}:
        raise Damaged("counts of records")
    if any(counts[name] != records.numbers[name] for name in ("skipped", "windows", "left_out")):
        raise Damaged("counts of leaves")
    return records


def check_unlogged(manifest: dict) -> None:
    said = manifest.get("unlogged", {"records": 0, "oldest": None})
    natural(said["records"])
    moment(said["oldest"])


def absent_of(manifest: dict) -> list[dict]:
    absent = manifest["absent"]
    if type(absent) is not list:
        raise Damaged("no list")
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
    if content and not content.endswith(b"\n"):
        raise Damaged("the last line is not whole")
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


def check(file: bytes, kept: bytes | None = None, vkey: str | None = None) -> bool:
    """Raises Damaged where a bundle is not what it should be; whether it shows the log as `kept` saw it. Without
    the log's key or a checkpoint from elsewhere it is only shown to agree with itself."""
    members = members_of(file)
    if list(members)[-2:] != ["manifest.json", "manifest.sig"]:
        raise Damaged("no manifest")
    if any(len(members.get(name, b"")) > most for name, most in MOST.items()):
        raise Damaged("a file is too large")
    if len(re.findall(rb"[\[{,]", check_depth(members["manifest.json"]))) > MARKS:
        raise Damaged("too much in manifest.json")
    manifest = parse(members["manifest.json"])
    try:
        return check_contents(manifest, members, kept, vkey)
    except (KeyError, TypeError, AttributeError) as fault:
        raise Damaged(f"manifest.json or a file: {fault}") from None


def check_contents(manifest: dict, members: dict[str, bytes], kept: bytes | None, vkey: str | None) -> bool:
    log = manifest["log"]
    check_unlogged(manifest)
    if any(len(text.encode()) > TEXT for text in (manifest["program"], log["key"], log["origin"])):
        raise Damaged("a text of manifest.json is too long")
    key, origin = Key(log["key"]), log["origin"]
    if vkey not in (None, log["key"]):
        raise Damaged("it is signed with another key than the log's")
    note = Note(members["manifest.sig"])
    text = f"{manifest['format']}\n{origin}\n{to64(sha256(members['manifest.json']))}\n"
    if manifest["format"] not in FORMATS or key.kind != 1 or note.text != text:
        raise Damaged("manifest.sig is about something else")
    if len(note.signatures) != 1 or not note.signed_by(key):
        raise Damaged("manifest.sig is not signed")
    check_members(manifest, members)
    papers = check_paths(manifest, members)
    newest = Checkpoint(members["checkpoint"], key, origin)
    if (newest.size, newest.root) != (natural(log["size"]), from64(log["root"], 32)):
        raise Damaged("the checkpoint is another one")
    records = check_records(manifest, members)
    if (records.tree.size, records.tree.root()) != (newest.size, newest.root):
        raise Damaged("the records give another root")
    hashes = [(path, sha256(content)) for path, content in members.items()]
    hashes += [(each["path"], bytes.fromhex(each.get("sha256", ""))) for each in absent_of(manifest)]
    for path, digest in hashes:
        if path.startswith("policies/") and (path[9:], to64(digest)) not in records.policies:
            raise Damaged(f"{path} was not in force")
    shown = records.shown
    shown.check(records.numbers["skipped"])
    check_papers(papers, shown)
    check_told(manifest, members, shown)
    listed = {(path.split("/", 2)[2], to64(digest)) for path, digest in hashes if path.startswith("policies/")}
    if shown.policies() - listed:
        raise Damaged("a policy that was in force is neither there nor said to be missing")
    roots = records.roots | check_history(members, key, origin, newest)
    if kept is None:
        return True
    seen = Checkpoint(kept, key, origin)
    if roots.get(seen.size, seen.root) != seen.root:
        raise Damaged("the log was rewritten since the checkpoint was kept")
    return seen.size in roots


def main() -> int:
    words = argparse.ArgumentParser()
    words.add_argument("file", type=pathlib.Path)
    words.add_argument("--key")
    words.add_argument("--checkpoint", type=pathlib.Path)
    given = words.parse_args()
    kept = given.checkpoint.read_bytes() if given.checkpoint else None
    try:
        compared = check(given.file.read_bytes(), kept, given.key)
    except Damaged as fault:
        sys.exit(f"{given.file} does not hold: {fault}")
    if not compared:
        print(f"{given.file} does not show the log of the checkpoint that was kept")
        return 5
    if given.key is None and kept is None:
        print(f"{given.file} agrees with itself; whose it is was not shown")
        return 5
    print(f"{given.file} holds; its page and papers are the controller's word, not proven by the log")
    return 0


if __name__ == "__main__":
    sys.exit(main())
