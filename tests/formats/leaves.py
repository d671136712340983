"""Records as docs/formats/leaf.md describes them, and their facts as docs/formats/bundle.md does."""

import base64
import datetime
import ipaddress
import re

from octets import Damaged, Octets, signed
from tlog import from64, sha256, to64

KINDS = (
    "activity late_attempt recipient_name window request_event notice_state notice_attempt notice_look "
    "notice_letter objection policy_change shredding retention_run export access gap consent"
).split()
CATEGORIES = (
    "profile handle post_text media location follow_relation reaction boost poll_vote direct_message report "
    "block move deletion unread"
).split()
VISIBILITIES = "public unlisted followers direct unknown".split()
CHANNELS = "push relay forward signed_pull anonymous_pull bridge".split()
OUTCOMES = (
    "intended accepted rejected sent refused_before_body unreachable fetched inferred prevented"
).split()
SOURCES = "admin person observed".split()
SCOPES = "account objects matching".split()
EVENTS = (
    "received identity_asked identity_verified info_asked info_given started extended refused partly_refused "
    "held_for_law hold_released withdrawn marked_duplicate stopped origin_gone answered closed_fulfilled "
    "closed_partly woken resumed origin_unsure"
).split()
REQUESTS = (
    "received identity_pending in_progress paused_for_info fulfilled partly_fulfilled refused withdrawn duplicate"
).split()
GROUNDS = [
    "17(3)(a)", "17(3)(b)", "17(3)(c)", "17(3)(d)", "17(3)(e)",
    "12(5) unfounded", "12(5) excessive", "12(6) not identified", "17(1) no ground",
]
NOTICES = (
    "planned sent acknowledged refused verified_gone still_present not_visible unprobeable unreachable escalated "
    "disproportionate"
).split()
RESULTS = "begun answered unreachable sent blocked".split()
PRESENCES = "unknown gone missing present not_visible unprobeable".split()
EPOCH = datetime.datetime(1970, 1, 1)


NAME = re.compile(r"(?![-.])([a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}")
PORT = re.compile(r"[1-9][0-9]{0,4}")


def spelled(address: ipaddress.IPv6Address) -> str:
    if address.ipv4_mapped:
        return f"::ffff:{address.ipv4_mapped}"
    groups = [f"{int(group, 16):x}" for group in address.exploded[:39].split(":")]
    for length in range(8, 0, -1):
        for at in range(9 - length):
            if groups[at : at + length] == ["0"] * length:
                return ":".join(groups[:at]) + "::" + ":".join(groups[at + length :])
    return ":".join(groups)


def host_in(text: str) -> None:
    """A name in lower case or an IPv6 address in brackets, and a port that is not 443."""
    name, colon, port = text.rpartition(":") if not text.endswith("]") else (text, "", "")
    name, port = (name, port) if colon else (text, "1")
    if not PORT.fullmatch(port) or int(port) > 65535 or int(port) == 443:
        raise Damaged("no port")
    if name.startswith("[") and name.endswith("]"):
        try:
            address = ipaddress.IPv6Address(name[1:-1])
        except ValueError:
            raise Damaged("no address") from None
        if name[1:-1] != spelled(address):
            raise Damaged("an address in another spelling")
    elif not NAME.fullmatch(name) or len(name) > 253:
        raise Damaged("no name of a host")


class Body(Octets):
    """What a record's body is made of."""

    def number(self, bits: int = 64) -> int:
        before = self.at
        value = self.varint()
        if value >> bits or (self.at - before > 1 and self.octets[self.at - 1] == 0):
            raise Damaged("a number is too large, or longer than it must be")
        return value

    def text(self) -> str | dict:
        size = self.number()
        if size > 4096:
            raise Damaged("a text is too long")
        octets = self.take(size)
        try:
            return octets.decode()
        except UnicodeDecodeError:
            return {"base64": base64.b64encode(octets).decode()}

    def host(self) -> str:
        text = self.text()
        if type(text) is not str:
            raise Damaged("no host")
        host_in(text)
        return text

    def word(self, words: list[str]) -> str:
        at = self.octet()
        if at >= len(words):
            raise Damaged("an enumeration has no such number")
        return words[at]

    def flag(self) -> bool:
        return self.word([False, True])

    def digest(self) -> str:
        return to64(self.take(32))

    def digest_if(self) -> str | None:
        return self.digest() if self.flag() else None

    def list(self, read) -> list:
        count = self.number()
        if count > self.left():
            raise Damaged("a list is longer than its body")
        return [read() for _ in range(count)]


def word(words: list[str], at: int):
    return words[at] if at < len(words) else at


def outcome(code: int) -> list:
    if code >> 24:
        raise Damaged("an outcome is too large")
    return [word(CHANNELS, code >> 20), word(OUTCOMES, code >> 16 & 15), code & 0xFFFF]


def activity(b: Body) -> dict:
    facts = {"subject": b.number(), "number": b.number(32), "type": b.text()}
    bits = b.number(16)
    facts["categories"] = [word(CATEGORIES, bit) for bit in range(16) if bits >> bit & 1]
    facts["visibility"] = word(VISIBILITIES, b.octet())
    facts["id"] = b.text()
    if b.flag():
        facts["refers"] = b.number(32)
    else:
        facts["object"] = b.text()
    count = b.number()
    if count > b.left():
        raise Damaged("more attempts than octets")
    recipients, last = [], 0
    for _ in range(count):
        last += b.number(32)
        recipients.append(last)
    offsets = [b.signed() for _ in range(count)]
    codes = [b.number(24) for _ in range(count)]
    if last >> 32 or list(zip(recipients, offsets)) != sorted(zip(recipients, offsets)):
        raise Damaged("attempts out of order")
    if any(not -(1 << 31) <= offset < 1 << 31 for offset in offsets):
        raise Damaged("an offset is too large")
    facts["attempts"] = [[r, o, *outcome(c)] for r, o, c in zip(recipients, offsets, codes)]
    return facts


def request_event(b: Body) -> dict:
    facts = {"request": b.number(), "place": b.number(), "subject": b.number()}
    facts |= {"source": b.word(SOURCES), "scope": b.word(SCOPES), "event": b.word(EVENTS), "state": b.word(REQUESTS)}
    facts["ground"] = b.word([None, *GROUNDS])
    return facts | {"by": b.text(), "words": b.digest_if()}


def notice(b: Body) -> dict:
    return {"request": b.number(), "notice": b.number(), "recipient": b.host()}


def policies(b: Body) -> dict:
    facts = {"program": b.text(), "files": b.list(lambda: [b.text(), b.digest()])}
    names = [name for name, _ in facts["files"]]
    if names != sorted(set(names)):
        raise Damaged("policies out of order")
    return facts


def removed(b: Body) -> list:
    return b.list(lambda: [b.text(), b.number()])


READERS = [
    activity,
    lambda b: {
        "subject": b.number(), "activity": b.number(32), "recipient": b.number(32), "outcome": outcome(b.number(24)),
    },
    lambda b: {"number": b.number(32), "host": b.text()},
    lambda b: {
        "number": b.number(), "leaves": b.number(), "root": b.digest(), "first": b.signed(), "last": b.signed(),
    },
    request_event,
    lambda b: notice(b) | {"state": b.word(NOTICES)},
    lambda b: notice(b) | {
        "step": b.number(32), "result": b.word(RESULTS), "status": b.number(16), "scheme": b.text(), "note": b.text(),
    },
    lambda b: notice(b) | {"probe": b.text(), "presence": b.word(PRESENCES), "status": b.number(16)},
    lambda b: notice(b) | {
        "rung": b.text(), "language": b.text(), "channel": b.text(), "message_id": b.text(),
        "handed_over": b.flag(), "note": b.text(),
    },
    lambda b: {"subject": b.number(), "recipient": b.host(), "lifted": b.flag(), "request": b.number()},
    policies,
    lambda b: {"subject": b.number(), "why": b.text(), "by": b.text(), "removed": removed(b)},
    lambda b: {"policy": b.digest(), "removed": removed(b)},
    lambda b: {
        "what": b.text(), "level": b.text(), "scope": b.text(), "by": b.text(), "records": b.number(),
        "digest": b.digest_if(),
    },
    lambda b: {"subject": b.number(), "what": b.text(), "by": b.text(), "why": b.text(), "revealed": b.flag()},
    lambda b: {"from": b.signed(), "until": b.signed(), "deliveries": b.number()},
    lambda b: {
        "subject": b.number(), "consent": b.number(), "country": b.text(), "recipient": b.text(), "given": b.number(),
        "withdrawn": b.number() if b.flag() else None,
    },
]


def number_in(value, least: int, bits: int) -> None:
    if type(value) is not int or not least <= value < 1 << bits:
        raise Damaged("no number, or out of its range")


def text_in(value) -> None:
    if isinstance(value, dict) and list(value) == ["base64"]:
        octets = from64(value["base64"])
        try:
            octets.decode()
        except UnicodeDecodeError:
            pass
        else:
            raise Damaged("a text is UTF-8 and not written so")
    elif isinstance(value, str):
        octets = value.encode()
    else:
        raise Damaged("no text")
    if len(octets) > 4096:
        raise Damaged("a text is too long")


def label_in(value, what: str = "server") -> None:
    found = re.fullmatch(f"unnamed {what} ([1-9][0-9]*)", value)
    if not found or int(found[1]) >> 64:
        raise Damaged("no label")


def operator_in(value) -> None:
    label_in(value, "operator")


def digest_in(value) -> None:
    if value is not None:
        from64(value, 32)


def removed_in(value) -> None:
    if type(value) is not list:
        raise Damaged("no list")
    for what, count in value:
        text_in(what)
        number_in(count, 0, 64)


def flag_in(value) -> None:
    if type(value) is not bool:
        raise Damaged("no flag")


def one_of(words: list[str]):
    return lambda value: word_in(value, words, 0)


def bits(count: int):
    return lambda value: number_in(value, 0, count)


ANY = bits(64)
NOTICE = {"request": ANY, "notice": ANY, "recipient": label_in}
# Of records whose host or operator is withheld, and of looks.
WITHHELD = {
    2: {"number": bits(32), "host": label_in},
    4: {
        "request": ANY, "place": ANY, "subject": ANY, "source": one_of(SOURCES), "scope": one_of(SCOPES),
        "event": one_of(EVENTS), "state": one_of(REQUESTS),
        "ground": lambda value: value is None or word_in(value, GROUNDS, 0), "by": operator_in, "words": digest_in,
    },
    5: NOTICE | {"state": one_of(NOTICES)},
    6: NOTICE | {"step": bits(32), "result": one_of(RESULTS), "status": bits(16)},
    7: NOTICE | {"presence": one_of(PRESENCES), "status": bits(16)},
    8: NOTICE | {"handed_over": flag_in},
    9: {"subject": ANY, "recipient": label_in, "lifted": flag_in, "request": ANY},
    11: {"subject": ANY, "why": text_in, "by": operator_in, "removed": removed_in},
    13: {
        "what": text_in, "level": text_in, "scope": text_in, "by": operator_in, "records": ANY, "digest": digest_in,
    },
    14: {"subject": ANY, "what": text_in, "by": text_in, "revealed": flag_in},
    16: {
        "subject": ANY, "consent": ANY, "country": text_in, "recipient": label_in, "given": ANY,
        "withdrawn": lambda value: value is None or number_in(value, 0, 64),
    },
}


def check_withheld(claim: dict, checks: dict) -> None:
    if list(claim) != list(checks):
        raise Damaged("nothing may be claimed so")
    for key, check in checks.items():
        check(claim[key])


def word_in(value, words: list[str], bits: int) -> int:
    if value in words:
        return words.index(value)
    number_in(value, len(words), bits)
    return value


def check_claim(kind: int, claim: dict) -> None:
    """What the controller says of a record that is not opened."""
    if kind in WITHHELD:
        check_withheld(claim, WITHHELD[kind])
        return
    keys = ["subject", "number", "type", "categories", "visibility", "refers", "attempts"]
    if kind != 0 or list(claim) not in (keys, [key for key in keys if key != "refers"]):
        raise Damaged("nothing may be claimed so")
    number_in(claim["subject"], 0, 64)
    number_in(claim["number"], 0, 32)
    text_in(claim["type"])
    if type(claim["categories"]) is not list or type(claim["attempts"]) is not list:
        raise Damaged("no list")
    bits = [word_in(each, CATEGORIES, 4) for each in claim["categories"]]
    word_in(claim["visibility"], VISIBILITIES, 8)
    number_in(claim.get("refers", 0), 0, 32)
    for recipient, seconds, channel, kind_of_outcome, status in claim["attempts"]:
        number_in(recipient, 0, 32)
        number_in(seconds, -(1 << 31), 31)
        word_in(channel, CHANNELS, 4)
        word_in(kind_of_outcome, OUTCOMES, 4)
        number_in(status, 0, 16)
    order = [attempt[:2] for attempt in claim["attempts"]]
    if bits != sorted(set(bits)) or order != sorted(order):
        raise Damaged("a list is out of order")


def facts_of(kind: int, body: bytes) -> dict:
    if len(body) > (16 << 20 if kind == 0 else 1 << 20):
        raise Damaged("a body is too large")
    octets = Body(body, f"a body of {KINDS[kind]}")
    facts = READERS[kind](octets)
    octets.end()
    return facts


def milliseconds(text: str) -> int:
    """Of RFC 3339 as a bundle has it."""
    form = "%Y-%m-%dT%H:%M:%S.%fZ" if "." in text else "%Y-%m-%dT%H:%M:%SZ"
    try:
        at = (datetime.datetime.strptime(text, form) - EPOCH) // datetime.timedelta(milliseconds=1)
    except ValueError:
        raise Damaged("no time") from None
    if at < 0 or written(at) != text:
        raise Damaged("no time, or not in the one spelling")
    return at


def written(at: int) -> str:
    moment = EPOCH + datetime.timedelta(milliseconds=at)
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + (f".{at % 1000:03}" if at % 1000 else "") + "Z"


def leaf_hash(kind: int, at: int, digest: bytes) -> bytes:
    commitment = sha256(b"fedtrail/leaf/1\n", bytes([kind]), signed(at), digest)
    return sha256(b"\x00", b"\x01", commitment)


def digest_of(line: dict) -> bytes:
    return sha256(b"fedtrail/body/1\n", from64(line["salt"], 32), from64(line["body"]))
