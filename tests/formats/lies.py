"""Bundles that were signed well and do not keep to docs/formats/bundle.md."""

import copy
import hashlib
import json
import zlib

import bundle
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from leaves import KINDS, digest_of, leaf_hash, milliseconds, written
from octets import Damaged, varint
from octets import signed as zigzag
from tlog import Key, Tree, from64, sha256, to64

SEED = b"l" * 32  # of the example log's key
EVERYTHING, LESS, PERIOD = "exported-everything-full.zip", "exported-everything-pseudonymised.zip", "period-full.zip"
RECORDS, MANIFEST = "records.ndjson", "manifest.json"
OLD = "cba06b5736faf67e54b07b561eae94395e774c517a7d910a54369e1263ccfbd4"  # of policies/0/old.json
LETTER = "papers/request-2/letters/notice-11-1.txt"  # not kept
SINCE = '"since": "2026-01-01T01:00:00Z"'

# Bundle, member, what stands there, and what is written in its place.
LIES = [
    (EVERYTHING, RECORDS, '"leaf":1,"kind":"window"', '"leaf":1.0,"kind":"window"'),
    (EVERYTHING, RECORDS, '"leaf":1,"kind":"window"', '"leaf":true,"kind":"window"'),
    (EVERYTHING, RECORDS, '{"in":1,"leaf":0', '{"in":1.0,"leaf":0'),
    (EVERYTHING, RECORDS, '{"in":1,"leaf":0', '{"in":true,"leaf":0'),
    (EVERYTHING, RECORDS, '{"leaf":0,', '{"leaf":-0,'),
    (EVERYTHING, RECORDS, '"kind":"policy_change"', '"kind":"policy_chang\\u0065"'),
    (EVERYTHING, "export.ndjson", '{"leaf":20', '{"leaf":20.0'),
    (LESS, RECORDS, '"attempts":[[1,0,', '"attempts":[[true,0,'),
    ("everything-pseudonymised.zip", RECORDS, '"categories":["profile","post_text","poll_vote"]', '"categories":""'),
    (LESS, RECORDS, '"type":"Create"', '"type":"Cr\\u0065ate"'),
    (EVERYTHING, MANIFEST, '{\n  "format"', '\ufeff{\n  "format"'),
    (EVERYTHING, MANIFEST, '"size": 21', '"size": 21.0'),
    (EVERYTHING, MANIFEST, '"size": 25011', '"size": 25011.0'),
    (EVERYTHING, MANIFEST, '"closed": {}', '"closed": {"gap": 0}'),
    (EVERYTHING, MANIFEST, '"gap": 1', '"gap": true'),
    (EVERYTHING, MANIFEST, '"window": 3', '"window": 3.0'),
    (EVERYTHING, MANIFEST, '"skipped": 0', '"skipped": false'),
    (EVERYTHING, MANIFEST, '"skipped": 0', '"skipped": -0'),
    (EVERYTHING, MANIFEST, '"program": "0.1.0"', '"program": "\\ud800"'),
    (EVERYTHING, MANIFEST, '"level"', f'"more": {"9" * 400}, "level"'),
    (EVERYTHING, MANIFEST, '"level"', '"more": NaN, "level"'),
    (EVERYTHING, MANIFEST, '"level"', '"more": 1e999, "level"'),
    (EVERYTHING, MANIFEST, OLD, OLD.upper()),
    (
        EVERYTHING, MANIFEST, '"absent": [',
        f'"absent": [{{"path": "policies/0/old.json", "sha256": "{OLD.upper()}", "why": "no_text"}},',
    ),
    (
        EVERYTHING, MANIFEST, '"absent": [',
        f'"absent": [{{"path": "papers/request-2/letters/notice-1-{2**64}.txt", "why": "not_kept"}},',
    ),
    (EVERYTHING, MANIFEST, "\n}\n", "\n}\n\0"),
    (EVERYTHING, MANIFEST, "\n}\n", "\n}\n\0{}"),
    (EVERYTHING, MANIFEST, '"absent": [', f'"absent": [{{"path": "{LETTER}", "why": "limit"}},'),
    (EVERYTHING, MANIFEST, '"absent": [', '"absent": [{"path": "papers/request-2/answer.md", "why": "not_kept"},'),
    (EVERYTHING, MANIFEST, '"absent": [', '"absent": [{"path": "papers/request-2/told-1\u0663.txt", "why": "limit"},'),
    (PERIOD, MANIFEST, SINCE, '"since": "2026-01-01T02:00:00+01:00"'),
    (PERIOD, MANIFEST, SINCE, '"since": "2026-01-01T01:00:00.000Z"'),
    (PERIOD, MANIFEST, SINCE, '"since": "2026-01-01t01:00:00z"'),
    (PERIOD, MANIFEST, SINCE, '"since": "1969-12-31T23:59:59Z"'),
]
# The same, and no lies.
ODD = [
    (EVERYTHING, MANIFEST, '"level"', '"le\\u0076el"'),
    (EVERYTHING, MANIFEST, '"level"', '"more": [1.5, -0, "\\ud83d\\ude00"], "level"'),
    (EVERYTHING, MANIFEST, '"gap": 1', '"gap":1'),
]


def zipped(members: dict[str, bytes]) -> bytes:
    content, rows = b"", b""
    for path, octets in members.items():
        name, crc = path.encode(), zlib.crc32(octets)
        rows += bundle.row(name, crc, len(octets), len(content))
        content += bundle.header(name, crc, len(octets)) + octets
    return content + rows + bundle.ends(len(members), len(rows), len(content))


def note(key: Key, text: str) -> bytes:
    signature = Ed25519PrivateKey.from_private_bytes(SEED).sign(text.encode())
    return f"{text}\n\u2014 {key.name} {to64(key.id + signature)}\n".encode()


def signed(members: dict[str, bytes], manifest: dict, text: bytes | None = None) -> bytes:
    """A bundle of these; `text` in place of the manifest's own."""
    for each in manifest["members"]:
        each["size"] = len(members[each["path"]])
        if "sha256" in each:
            each["sha256"] = hashlib.sha256(members[each["path"]]).hexdigest()
    text = text or json.dumps(manifest, indent=2, ensure_ascii=False).encode()
    about = f"{manifest['format']}\n{manifest['log']['origin']}\n{to64(sha256(text))}\n"
    return zipped(members | {MANIFEST: text, "manifest.sig": note(Key(manifest["log"]["key"]), about)})


def told(file: bytes, member: str, what: str, then: str) -> bytes:
    members = bundle.members_of(file)
    manifest = json.loads(members[MANIFEST])
    content = members[member].replace(what.encode(), then.encode(), 1)
    if content == members[member]:
        raise ValueError(f"there is no {what}")
    return signed(members, manifest, content) if member == MANIFEST else signed(members | {member: content}, manifest)


def out_of_order(file: bytes) -> bytes:
    """Of a request: what was done before it came."""
    members = bundle.members_of(file)
    manifest = json.loads(members[MANIFEST])
    lines = members[RECORDS].decode().split("\n")
    at = next(i for i, line in enumerate(lines) if '"kind":"request_event"' in line)
    later = next(i for i, line in enumerate(lines) if '"kind":"notice_state"' in line)
    places = [line[: line.index(",")] for line in (lines[at], lines[later])]
    lines[at], lines[later] = (
        place + line[line.index(",") :] for place, line in zip(places, (lines[later], lines[at]))
    )
    records = bundle.Records(bundle.Shown(manifest | {"scope": {"kind": "everything"}}))
    for line in lines[:-1]:
        records.line(line.encode())
    records.close()
    return of_tree(members | {RECORDS: "\n".join(lines).encode()}, manifest, records.tree)


def of_tree(members: dict[str, bytes], manifest: dict, tree: Tree) -> bytes:
    """Signed, with a checkpoint of this tree and none before it."""
    log = manifest["log"]
    log["size"], log["root"] = tree.size, to64(tree.root())
    checkpoint = note(Key(log["key"]), f"{log['origin']}\n{log['size']}\n{log['root']}\n")
    return signed(members | {"checkpoint": checkpoint, "checkpoints.ndjson": b""}, manifest)


def skipped(tree: Tree, count: int) -> dict:
    """A line that skips so many leaves, which are added to the tree; nobody knows what they are."""
    hashes = [sha256(bytes([i])) for i in range(128)]
    for used in range(1, len(hashes)):
        added = copy.deepcopy(tree)
        try:
            added.skip(count, hashes[:used])
        except Damaged:
            continue
        vars(tree).update(vars(added))
        return {"skip": count, "hashes": [to64(each) for each in hashes[:used]]}
    raise ValueError(f"no line skips {count} leaves")


def spelled(line: dict) -> bytes:
    return json.dumps(line, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def read(manifest: dict, lines: list[bytes]) -> bundle.Records:
    records = bundle.Records(bundle.Shown(manifest))
    for line in lines:
        records.line(line.rstrip(b"\n"))
    return records


def vast(file: bytes, size: int) -> bytes:
    """Of a bundle of format 1 whose last line is in a window: with a log of so many leaves."""
    members = bundle.members_of(file)
    manifest = json.loads(members[MANIFEST])
    records = read(manifest, members[RECORDS].splitlines(True))
    records.close()
    line = skipped(records.tree, size - records.tree.size)
    manifest["counts"]["skipped"] += line["skip"]
    return of_tree(members | {RECORDS: members[RECORDS] + spelled(line)}, manifest, records.tree)


def vast_windows(file: bytes, sizes: list[int]) -> bytes:
    """The same with further windows of so many leaves, none of them shown."""
    members = bundle.members_of(file)
    manifest = json.loads(members[MANIFEST])
    lines = members[RECORDS].splitlines(True)
    records = read(manifest, lines)
    records.close()
    at, counts = 1767312060000, manifest["counts"]  # milliseconds
    for number, size in enumerate(sizes, 4):
        inner = Tree()
        within = {"in": number} | skipped(inner, size)
        facts = {
            "number": number, "leaves": size, "root": to64(inner.root()), "first": at // 1000, "last": at // 1000,
        }
        body = varint(number) + varint(size) + inner.root() + varint(2 * facts["first"]) * 2
        line = {"leaf": records.tree.size, "kind": "window", "at": written(at), "salt": to64(b"s" * 32)}
        line |= {"body": to64(body), "facts": facts}
        records.tree.append(leaf_hash(KINDS.index("window"), at, digest_of(line)))
        lines += [spelled(line), spelled(within)]
        counts["opened"]["window"] += 1
        counts["windows"] += 1
        counts["left_out"] += size
    counts["left_out"] %= 1 << 64
    return of_tree(members | {RECORDS: b"".join(lines)}, manifest, records.tree)


def of_another_host(file: bytes) -> bytes:
    """Of a request: a notice to what is no host in the one form, with a root that fits."""
    members = bundle.members_of(file)
    manifest = json.loads(members[MANIFEST])
    lines = members[RECORDS].decode().split("\n")
    at = next(i for i, line in enumerate(lines) if '"kind":"notice_state"' in line)
    changed = json.loads(lines[at])
    body = from64(changed["body"]).replace(b"a.example", b"a.eXample")
    changed["body"] = to64(body)
    changed["facts"]["recipient"] = "a.eXample"
    lines[at] = json.dumps(changed, separators=(",", ":"))
    tree = Tree()
    for line in map(json.loads, lines[:-1]):
        if "skip" in line and "in" not in line:
            tree.skip(line["skip"], [from64(each, 32) for each in line["hashes"]])
        elif "in" not in line:
            digest = digest_of(line) if "body" in line else from64(line["digest"], 32)
            tree.append(leaf_hash(KINDS.index(line["kind"]), milliseconds(line["at"]), digest))
    return of_tree(members | {RECORDS: "\n".join(lines).encode()}, manifest, tree)


def with_records(file: bytes, added: list[dict]) -> bytes:
    """With further lines, which may say what Records would not take; counts and root fit."""
    members = bundle.members_of(file)
    manifest = json.loads(members[MANIFEST])
    lines = members[RECORDS].splitlines(True)
    tree, counts = read(manifest, lines).tree, manifest["counts"]["opened"]
    for line in added:
        if "in" not in line:
            line = {"leaf": tree.size} | line
            tree.append(leaf_hash(KINDS.index(line["kind"]), milliseconds(line["at"]), digest_of(line)))
        counts[line["kind"]] = counts.get(line["kind"], 0) + 1
        lines.append(spelled(line))
    manifest["counts"]["windows"] += sum("in" in line for line in added)
    return of_tree(members | {RECORDS: b"".join(lines)}, manifest, tree)


def opened(kind: str, body: bytes, facts: dict) -> dict:
    return {"kind": kind, "at": "2026-01-02T00:01:00Z", "salt": to64(b"s" * 32), "body": to64(body), "facts": facts}


def window(leaves: int, root: bytes, first: int, last: int) -> dict:
    body = varint(99) + varint(leaves) + root + zigzag(first) + zigzag(last)
    facts = {"number": 99, "leaves": leaves, "root": to64(root), "first": first, "last": last}
    return opened("window", body, facts)


def of_all_times(file: bytes) -> bytes:
    """A window of everything that ever was, which does not show what is in it."""
    return with_records(file, [window(5, sha256(), -(1 << 63), (1 << 63) - 1)])


def of_no_time(file: bytes) -> bytes:
    """The same of one that is after all times of the bundle."""
    return with_records(file, [window(5, sha256(), (1 << 63) - 1, (1 << 63) - 1)])


def of_any_name(file: bytes) -> bytes:
    """A recipient's name is what the ledger has of it."""
    name = {"in": 99, "leaf": 0} | opened("recipient_name", varint(9) + b"\x03A b", {"number": 9, "host": "A b"})
    root = leaf_hash(KINDS.index("recipient_name"), milliseconds(name["at"]), digest_of(name))
    return with_records(file, [window(1, root, 0, 0), name])


def of_an_operator(file: bytes) -> bytes:
    """Whose name is no UTF-8."""
    by = b"cli:\xff"
    facts = {"subject": 7, "why": "", "by": {"base64": to64(by)}, "removed": []}
    return with_records(file, [opened("shredding", b"\x07\x00" + bytes([len(by)]) + by + b"\x00", facts)])


def with_history(file: bytes, change) -> bytes:
    members = bundle.members_of(file)
    manifest = json.loads(members[MANIFEST])
    return signed(members | {"checkpoints.ndjson": change(manifest, members["checkpoints.ndjson"])}, manifest)


def cut(file: bytes) -> bytes:
    """No line feed ends the last of the earlier checkpoints."""
    return with_history(file, lambda _, history: history[:-1])


def from_nothing(file: bytes) -> bytes:
    """The first of the earlier checkpoints is of no leaves."""
    def change(manifest: dict, history: bytes) -> bytes:
        log = manifest["log"]
        empty = note(Key(log["key"]), f"{log['origin']}\n0\n{to64(sha256())}\n")
        return spelled({"note": empty.decode(), "proof": []}) + history
    return with_history(file, change)


def cosigned(file: bytes, count: int) -> bytes:
    """Its checkpoint has so many signatures."""
    members = bundle.members_of(file)
    log = json.loads(members[MANIFEST])["log"]
    other = f"\u2014 w.example {to64(bytes(76))}\n".encode()
    checkpoint = note(Key(log["key"]), f"{log['origin']}\n{log['size']}\n{log['root']}\n") + other * (count - 1)
    return signed(members | {"checkpoint": checkpoint}, json.loads(members[MANIFEST]))


def sized(file: bytes, digits: str) -> bytes:
    """Its checkpoint is of a log of so many leaves."""
    members = bundle.members_of(file)
    log = json.loads(members[MANIFEST])["log"]
    checkpoint = note(Key(log["key"]), f"{log['origin']}\n{digits}\n{log['root']}\n")
    return signed(members | {"checkpoint": checkpoint}, json.loads(members[MANIFEST]))


def not_ended(file: bytes) -> bytes:
    """Behind the last line of the earlier checkpoints stands something that no line feed ends."""
    members = bundle.members_of(file)
    history = {"checkpoints.ndjson": members["checkpoints.ndjson"] + b"x"}
    return signed(members | history, json.loads(members[MANIFEST]))
