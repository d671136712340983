"""Requests, notices and objections (docs/formats/cases.md), and the directory (docs/formats/directory.md)."""

import hashlib
import sqlite3

from blob import checksum, opened, unpacked
from octets import Damaged, Octets

LAST_MIGRATION = 9
OBJECTS_IN_A_PART = 128


def stamped(place: str, blob: bytes) -> bytes:
    if len(blob) < 9 or int.from_bytes(blob[-8:], "little") != checksum(place.encode() + blob[:-8]):
        raise Damaged(f"{place} does not match its checksum")
    if blob[0] != 1:
        raise Damaged(f"{place} has the unknown form {blob[0]}")
    return blob[1:-8]


def text(octets: Octets) -> str:
    return octets.sized().decode()


def optional(octets: Octets, there: int) -> int | None:
    return octets.signed() if there else None


class Store:
    def __init__(self, path: str, application: int):
        self.database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        if self.ask("PRAGMA application_id")[0][0] != application:
            raise Damaged(f"{path} is of another kind")
        if self.ask("PRAGMA user_version")[0][0] > LAST_MIGRATION:
            raise Damaged(f"{path} is of a newer version")

    def ask(self, question: str, *values) -> list[tuple]:
        return self.database.execute(question, values).fetchall()


class Cases(Store):
    def __init__(self, path: str, key_of):
        super().__init__(path, 0x46744361)
        self.key_of = key_of
        self.subjects = dict(self.ask("SELECT number, subject FROM request"))

    def sealed(self, request: int, place: str, blob: bytes) -> bytes:
        return opened(self.key_of(self.subjects[request]), f"cases/{place}", stamped(place, blob))

    def requests(self) -> list[dict]:
        return [self.request(*row) for row in self.ask("SELECT * FROM request ORDER BY number")]

    def request(self, number, version, subject, state, is_open, open_wave, facts) -> dict:
        place = f"request/{number}/{version}/{subject}/{state}"
        read = Octets(stamped(place, facts), place)
        source, scope, flags = read.octet(), read.octet(), read.octet()
        received = read.signed()
        before, gone = optional(read, flags & 8), optional(read, flags & 16)
        duplicate = read.varint() if flags & 32 else None
        closed = optional(read, flags & 64)
        categories = read.varint()
        recipients = [text(read) for _ in range(read.varint())]
        chosen = self.chosen(number)
        if read.varint() != len(chosen):
            raise Damaged(f"{place} chose another number of objects")
        rate = read.varint() if flags & 128 else 0
        read.end()
        if is_open != (state not in (4, 5, 6, 7, 8)):
            raise Damaged(f"{place} is open and closed")
        if open_wave != (0 if flags & 4 or state != 2 else 2 if flags & 16 else 1):
            raise Damaged(f"{place} lets another wave leave")
        return {"number": number, "version": version, "subject": subject, "source": source, "scope": scope,
                "chosen": chosen, "before": before, "categories": categories, "recipients": recipients, "state": state,
                "received_at": received, "identity_verified": bool(flags & 1), "extended": bool(flags & 2),
                "stopped": bool(flags & 4), "origin_gone_at": gone, "duplicate_of": duplicate,
                "closed_at": closed, "max_rate": rate}  # fmt: skip

    def chosen(self, request: int) -> list[str]:
        for (blob,) in self.ask("SELECT sealed FROM request_scope WHERE request = ?", request):
            place = f"request/scope/{request}"
            read = Octets(unpacked(self.sealed(request, place, blob), place), place)
            uris = [text(read) for _ in range(read.varint())]
            read.end()
            return uris
        return []

    def events(self, request: int) -> list[list]:
        events = []
        for number, content, reason in self.ask(
            "SELECT place, content, sealed FROM request_event WHERE request = ? ORDER BY place", request
        ):
            place = f"event/{request}/{number}"
            read = Octets(stamped(place, content), place)
            at, kind, state, ground, flags = read.signed(), read.octet(), read.octet(), read.octet(), read.octet()
            by = text(read)
            read.end()
            if flags & 1 != (reason is not None) or flags > 3:
                raise Damaged(f"{place} lost its reason")
            words = self.sealed(request, f"event/reason/{request}/{number}", reason).decode() if reason else ""
            events.append([at, kind, state, by, ground - 1 if ground else None, words, bool(flags & 2)])
        return events

    def objects(self, request: int) -> list[list]:
        objects = []
        for part, count, blob in self.ask(
            "SELECT part, objects, sealed FROM object_part WHERE request = ? ORDER BY part", request
        ):
            place = f"objects/{request}/{part}/{count}"
            read = Octets(unpacked(self.sealed(request, place, blob), place), place)
            if len(objects) != part * OBJECTS_IN_A_PART or read.varint() != count:
                raise Damaged(f"{place} stands behind another number of objects")
            objects += [[text(read), read.varint(), bool(read.octet())] for _ in range(count)]
            read.end()
        return objects

    def notices(self) -> list[dict]:
        columns = "number, request, recipient, state, steps, position, wave, next_at, next_look_at, due_at, facts, sealed, version"
        return [self.notice(*row) for row in self.ask(f"SELECT {columns} FROM notice ORDER BY number")]

    def notice(self, number, request, recipient, state, steps, position, wave, next_at, look_at, due, facts, words, version):
        times = "/".join("-" if at is None else str(at) for at in (next_at, look_at))
        place = f"notice/{number}/{request}/{recipient}/{state}/{steps}/{position}/{wave}/{times}"
        place += f"/{version}" if version > 0 else ""
        read = Octets(stamped(place, facts), place)
        flags, attempts, declined, status = read.octet(), read.varint(), read.varint(), read.varint()
        acknowledged = optional(read, flags & 4)
        presence, looks, software, dialect = read.octet(), read.varint(), text(read), text(read)
        rounds = read.varint() if flags & 16 else 0
        resting = optional(read, flags & 64)
        read.end()
        if bool(flags & 8) != (words is not None):
            raise Damaged(f"{place} lost its words")
        inbox = reason = ""
        if words is not None:
            said = Octets(self.sealed(request, f"notice/sealed/{number}", words), place)
            inbox, reason = text(said), text(said)
            said.end()
        all_steps = self.steps(number)
        if len(all_steps) != steps or wave != (max(all_steps[position][2], 1) if position < steps else 0):
            raise Damaged(f"{place} has other steps")
        open_wave = self.ask("SELECT open_wave FROM request WHERE number = ?", request)[0][0]
        if due != (next_at if max(wave, 1) <= open_wave else None):
            raise Damaged(f"{place} is due at another time")
        return {"number": number, "version": version, "request": request, "recipient": recipient, "state": state, "software": software,
                "dialect": dialect, "inbox": inbox, "steps": all_steps, "position": position, "attempts": attempts,
                "declined": declined, "in_flight": bool(flags & 1), "next_at": next_at, "last_status": status,
                "acknowledged_at": acknowledged, "seen_from_origin": bool(flags & 2), "presence": presence,
                "looks": looks, "rounds": rounds, "left": bool(flags & 32), "next_look_at": look_at, "reason": reason,
                "resting_since": resting}  # fmt: skip

    def steps(self, notice: int) -> list[list]:
        place = f"notice/steps/{notice}"
        (blob,) = self.ask("SELECT content FROM notice_steps WHERE notice = ?", notice)[0]
        read, steps, behind = Octets(stamped(place, blob), place), [], 0
        while read.left():
            head, first, more = read.octet(), behind + read.signed(), read.varint()
            steps += [[head & 3, head >> 2 & 3, head >> 4, first + i] for i in range(more + 1)]
            behind = first + more + 1
        return steps

    def evidence(self, notice: int) -> dict[str, list]:
        pieces = {"attempts": [], "looks": [], "letters": []}
        rows = self.ask("SELECT place, content FROM evidence WHERE notice = ? ORDER BY place", notice)
        for number, (at_place, content) in enumerate(rows):
            place = f"evidence/{notice}/{at_place}"
            read = Octets(stamped(place, content), place)
            kind, at = read.octet(), read.signed()
            if number != at_place:
                raise Damaged(f"{place} stands behind a gap")
            if kind == 0:
                piece = [at, read.varint(), read.octet(), read.varint(), text(read), text(read)]
            elif kind == 1:
                piece = [at, text(read), read.octet(), read.varint()]
            else:
                piece = [at, *(text(read) for _ in range(4)), bool(read.octet()), text(read)]
            read.end()
            pieces[("attempts", "looks", "letters")[kind]].append(piece)
        return pieces

    def objections(self) -> list[list]:
        rows = self.ask("SELECT subject, recipient, since, request, checksum FROM objection ORDER BY since")
        for subject, recipient, since, request, stored in rows:
            if checksum(f"objection/{recipient}/{subject}/{since}/{request}".encode()) != stored % 2**64:
                raise Damaged("an objection does not match its checksum")
        return [list(row[:-1]) for row in rows]

    def objection_reasons(self) -> list[list]:
        rows = self.ask("SELECT subject, recipient, sealed FROM objection WHERE sealed IS NOT NULL ORDER BY since")
        reasons = []
        for subject, recipient, sealed in rows:
            place = f"objection/why/{subject}/{recipient}"
            reasons.append([recipient, opened(self.key_of(subject), f"cases/{place}", stamped(place, sealed)).decode()])
        return reasons


class Directory(Store):
    def __init__(self, path: str):
        super().__init__(path, 0x46744469)

    def entries(self) -> dict[str, dict]:
        return {host: self.entry(host, content) for host, content in self.ask("SELECT host, content FROM recipient")}

    def entry(self, host: str, content: bytes) -> dict:
        place = f"recipient/{host}"
        read = Octets(stamped(place, content), place)
        flags, scheme = read.octet(), read.octet()
        asked, known, failing = (optional(read, flags & bit) for bit in (4, 8, 16))
        told, gone, present = read.varint(), read.varint(), read.varint()
        not_visible = read.varint() if flags & 64 else 0
        names = ("software", "version", "shared_inbox", "inbox", "contact", "contact_source", "language")
        texts = {name: text(read) for name in names}
        texts |= self.refreshed(read) if flags & 32 else {}
        texts |= {"rest_until": optional(read, read.octet() & 1), "failing_how": text(read)} if flags & 128 else {}
        read.end()
        return texts | {"asked_at": asked, "known_at": known, "failing_since": failing, "relay": bool(flags & 1),
                        "community": bool(flags & 2), "scheme": scheme, "told": told, "gone": gone,
                        "present": present, "not_visible": not_visible}  # fmt: skip

    @staticmethod
    def refreshed(read: Octets) -> dict:
        flags = read.octet()
        users = read.varint() if flags & 4 else None
        apart = ("operator_name",) if flags & 32 else ()
        names = (*apart, "contact_name", "privacy_policy", "terms", "imprint", "declared_country", "main")
        texts = {"operator_name": ""} | {name: text(read) for name in names}
        addresses = [text(read) for _ in range(read.varint())]
        aliases = [[text(read), text(read)] for _ in range(read.varint())]
        return texts | {"bridge": bool(flags & 1), "single_person": bool(flags & 2), "users": users,
                        "registrations_open": bool(flags & 16) if flags & 8 else None, "addresses": addresses,
                        "aliases": aliases}  # fmt: skip

    def policies(self) -> list[list]:
        rows = self.ask("SELECT host, kind, number, facts, content FROM policy JOIN policy_text USING (host, kind, number)")
        return [self.policy(*row) for row in sorted(rows)]

    @staticmethod
    def policy(host: str, kind: int, number: int, facts: bytes, content: bytes) -> list:
        place = f"{host}/{kind}/{number}"
        read = Octets(stamped(f"policy/{place}", facts), place)
        cut, first, last, size = read.octet(), read.signed(), read.signed(), read.varint()
        digest = read.take(32)
        url, language = text(read), text(read)
        read.end()
        words = unpacked(stamped(f"policy/text/{place}", content), place)
        if len(words) != size or hashlib.sha256(words).digest() != digest:
            raise Damaged(f"{place} is not the text of its facts")
        return [host, kind, number, bool(cut), first, last, url, language, words.decode()]

    def refreshes(self) -> list[list]:
        rows = self.ask("SELECT host, due_at, failing, content FROM refresh ORDER BY host")
        return [[host, due, failing, self.refresh(host, content) if content else None] for host, due, failing, content in rows]

    @staticmethod
    def refresh(host: str, content: bytes) -> list:
        def facts() -> dict:
            flags = read.octet()
            users = read.varint() if flags & 1 else None
            apart = ("operator_name",) if flags & 8 else ()
            names = ("software", "version", "contact", "language", *apart, "contact_name", "privacy_policy", "terms",
                     "imprint", "declared_country", "account_host")  # fmt: skip
            return {"operator_name": ""} | {name: text(read) for name in names} | {
                "users": users, "registrations_open": bool(flags & 4) if flags & 2 else None}  # fmt: skip

        place = f"refresh/{host}"
        read = Octets(stamped(place, content), place)
        told = [read.varint(), text(read), facts(), facts()]
        told.append([[text(read), text(read), text(read)] for _ in range(read.varint())])
        told.append([[text(read), text(read)] for _ in range(read.varint())])
        read.end()
        return told
