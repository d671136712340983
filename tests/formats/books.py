"""What people and recipients have written down of them beside requests: looks, consents and facts (docs/formats/cases.md),
declarations and findings (docs/formats/directory.md), shreddings (docs/formats/vault.md)."""

import sqlite3

from cases import Directory, Cases, stamped, text
from octets import Damaged, Octets
from vault import mac

COUNTRY_SOURCES = "unknown hosting_address whois_file imprint declared dpf_list admin".split()
CONFIDENCES = "none low medium high".split()
REASONS = {1: "retention", 2: "operator", 3: "backup"}


def read(place: str, blob: bytes) -> Octets:
    return Octets(stamped(place, blob), place)


class PeopleBooks(Cases):
    def sealed_of(self, subject: int, place: str, blob: bytes) -> bytes:
        self.subjects[0] = subject
        return self.sealed(0, place, blob)

    def looks(self, subject: int) -> list[dict]:
        looks = []
        for number, at, content, why in self.ask(
            "SELECT number, at, content, sealed FROM access WHERE subject = ? ORDER BY number DESC", subject
        ):
            octets = read(f"access/{number}/{subject}/{at}", content)
            flags, what, by = octets.octet(), text(octets), text(octets)
            octets.end()
            if flags > 3 or bool(flags & 2) != (why is not None):
                raise Damaged(f"look {number} lost its reason")
            stated = self.sealed_of(subject, f"access/why/{number}", why).decode() if why else None
            looks.append({"at": at, "what": what, "by": by, "revealed": bool(flags & 1), "stated": stated})
        return looks

    def consents(self, subject: int) -> list[dict]:
        consents = []
        for number, content, evidence in self.ask(
            "SELECT number, content, evidence FROM consent WHERE subject = ? ORDER BY number", subject
        ):
            octets = read(f"consent/{number}/{subject}", content)
            country, recipient, given = text(octets), text(octets), octets.signed()
            withdrawn = octets.signed() if octets.octet() else None
            octets.end()
            words = self.sealed_of(subject, f"consent/evidence/{number}", evidence).decode()
            consents.append({"number": number, "country": country, "recipient": recipient or None, "given": given,
                             "withdrawn": withdrawn, "evidence": words})  # fmt: skip
        return consents

    def minor(self, subject: int) -> bool | None:
        for (blob,) in self.ask("SELECT minor FROM subject_fact WHERE subject = ?", subject):
            return {b"\0": False, b"\1": True}[self.sealed_of(subject, f"subject_fact/{subject}", blob)]
        return None


class RecipientBooks(Directory):
    def declared(self, host: str) -> list[dict]:
        rows = self.ask("SELECT key, content FROM declaration WHERE host = ? ORDER BY key", host)
        return [self.declaration(host, *row) for row in rows]

    @staticmethod
    def declaration(host: str, key: str, content: bytes) -> dict:
        octets = read(f"declaration/{host}/{key}", content)
        declared = {"key": key, "at": octets.signed(), "by": text(octets), "reason": text(octets), "value": text(octets)}
        octets.end()
        return declared

    def acts(self, host: str) -> list[dict]:
        acts = []
        for number, content in self.ask(
            "SELECT number, content FROM declaration_act WHERE host = ? ORDER BY number", host
        ):
            octets = read(f"declaration-act/{number}/{host}", content)
            act = {"at": octets.signed(), "by": text(octets), "reason": text(octets), "changes": []}
            for _ in range(octets.varint()):
                there, key = octets.octet(), text(octets)
                before = text(octets) if there & 1 else None
                act["changes"].append({"key": key, "before": before, "after": text(octets) if there & 2 else None})
            octets.end()
            acts.append(act)
        return acts

    def findings(self) -> list[dict]:
        findings = []
        for host, source, content in self.ask("SELECT host, source, content FROM country_finding ORDER BY host, source"):
            octets = read(f"country-finding/{source}/{host}", content)
            confidence, code = octets.octet(), text(octets)
            at = octets.signed() if octets.octet() else None
            found = {"host": host, "source": COUNTRY_SOURCES[source], "confidence": CONFIDENCES[confidence], "code": code,
                     "at": at, "why": text(octets)}  # fmt: skip
            octets.end()
            findings.append(found)
        return findings

    def blocks(self) -> list[list]:
        blocks = []
        for host, name, content in self.ask("SELECT host, list, content FROM domain_block ORDER BY host, list"):
            octets = read(f"domain-block/{host}/{name}", content)
            level, at, why = octets.octet(), octets.signed(), text(octets)
            octets.end()
            blocks.append([host, name, {1: "limited", 2: "suspended"}[level], at, why])
        return blocks

    def turns(self, name: str) -> list[dict]:
        turns = []
        for number, content in self.ask("SELECT number, content FROM switch_turn WHERE name = ? ORDER BY number", name):
            octets = read(f"switch-turn/{number}/{name}", content)
            turn = {"on": octets.octet() == 1, "at": octets.signed(), "by": text(octets), "reason": text(octets)}
            octets.end()
            turns.append(turn)
        return turns


def shreddings(path: str, index: bytes) -> list[dict]:
    """Of the vault with this index key."""
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    rows = database.execute("SELECT number, at, reason, request, complete, hash, why, said_by, objections FROM shredding")
    found = []
    for number, at, reason, request, complete, digest, why, said_by, objections in rows:
        message = f"shredding:{number}/{at}/{reason}/{request}/{complete}"
        if objections or why is not None or said_by is not None:
            message += f"/{objections}/{len((said_by or '').encode())}/{said_by or ''}/{why or ''}"
        if mac(index, message.encode())[:16] != digest:
            raise Damaged(f"the note of the shredding of {number} does not match its hash")
        found.append({"subject": number, "at": at, "reason": REASONS[reason], "request": request or None,
                      "complete": bool(complete)})  # fmt: skip
    database.close()
    return found
