#!/usr/bin/env python3
"""Refuses an #include that goes up or sideways, and a foreign library outside its home.

The two tables below are the architecture; docs/architecture.md draws them.
"""

import pathlib
import re
import sys

NOUNS = {"core", "fediverse", "privacy", "ledger", "language", "records"}
USE_CASES = {"capture", "erasure", "recipients", "reports", "audit", "retention"}

# room -> the rooms it may include besides itself
MAY_INCLUDE = {
    "core": set(),
    "fediverse": {"core"},
    "privacy": {"core"},
    "ledger": {"core"},
    "language": {"core"},
    "records": {"core", "fediverse", "privacy", "ledger"},
    "ports": NOUNS,
    **{room: NOUNS | {"ports"} for room in USE_CASES},
    "backends": NOUNS | {"ports"},
    "intake": {"core", "fediverse", "ports"},
    "api": NOUNS | {"ports"} | USE_CASES,
    "app": NOUNS | {"ports", "backends", "intake", "api"} | USE_CASES,
}

# foreign header -> the only folders that may see it
HOMES = {
    r"Poco/": ("src/backends/poco/", "src/app/"),
    r"SQLiteCpp|sqlite3": ("src/backends/sqlite/",),
    # a hash and a signature are pure functions: the tree is made of them
    r"openssl/": (
        "src/backends/openssl/",
        "src/backends/curl/",
        "src/intake/proxy/",
        "src/ledger/hash.cpp",
        "src/ledger/ed25519.cpp",
    ),
    r"boost/(asio|beast)": ("src/intake/proxy/",),
    r"boost/url": ("src/core/",),
    r"idn2": ("src/core/",),
    r"tl/expected": ("include/fedtrail/core/",),
    r"archive(_entry)?\.h$": ("src/backends/archive/",),
    r"curl/": ("src/backends/curl/",),
    r"pqxx/": ("src/backends/postgres/",),
    r"maxminddb": ("src/backends/mmdb/",),
    r"libxml/": ("src/backends/libxml2/",),
    r"libpsl": ("src/backends/libpsl/",),
    r"dtl/": ("src/recipients/",),
    r"simdjson": ("src/fediverse/", "src/intake/events/", "src/intake/access_log/"),
    r"zstd|xxhash": ("src/ledger/",),
    r"libdeflate": ("src/audit/",),
    r"nlohmann/": (
        "src/fediverse/",
        "src/language/",
        "src/erasure/",
        "src/recipients/",
        "src/audit/",
        "src/backends/openssl/",
        "src/reports/",
        "src/retention/",
        "src/api/",
        "src/app/",
    ),
    r"spdlog|fmt/": ("src/app/",),
    r"CLI/": ("src/app/",),
    r"toml": ("src/app/",),
    r"kainjow/": ("src/erasure/", "src/reports/"),
    r"valijson/": ("src/app/",),
}
# standard headers that smell of effects; rooms 0 to 2 are pure functions of values
EFFECTS = re.compile(
    r"(thread|mutex|shared_mutex|condition_variable|future|stop_token|fstream|filesystem|iostream|ctime|csignal)$"
    r"|sys/|(unistd|fcntl|poll|pthread|signal|spawn|netdb|syslog|dirent|time|stdio)\.h$"
)
STANDARD = re.compile(r"[a-z_0-9]+(\.h)?$|sys/|netinet/|arpa/|linux/")
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
FLATS = ("backends", "intake")  # rooms whose sub-folders do not know each other


def room_of(path: str) -> str:
    """src/backends/sqlite/x.cpp -> backends/sqlite; include/fedtrail/core/x.hpp -> core."""
    parts = re.sub(r"^(include/fedtrail|src)/", "", path).split("/")
    return "/".join(parts[:2]) if parts[0] in FLATS and len(parts) > 2 else parts[0]


def foreign_fault(path: str, target: str) -> str | None:
    for pattern, homes in HOMES.items():
        if re.match(pattern, target):
            return None if path.startswith(homes) else f"{target} is only for {', '.join(homes)}"
    if not STANDARD.match(target):
        return f"{target} belongs to no library in HOMES; give it a home first"
    return None


def fault(path: str, quote: str, target: str) -> str | None:
    here = room_of(path)
    if quote == "<":
        if here in NOUNS and EFFECTS.match(target):
            return f"{here} is pure, <{target}> is not"
        return foreign_fault(path, target)
    there = room_of(re.sub(r"^fedtrail/", "src/", target))
    if there == here:
        return None
    if there.split("/")[0] not in MAY_INCLUDE:
        return f'"{target}" is in no room; write the path from src/ or include/'
    if there.split("/")[0] not in MAY_INCLUDE[here.split("/")[0]]:
        return f"{here} may not include {there} ({target})"
    return None


def main(root: pathlib.Path) -> int:
    faults, files = [], 0
    for file in sorted(p for top in ("include", "src") for p in (root / top).rglob("*") if p.is_file()):
        path = file.relative_to(root).as_posix()
        if re.search(r"\.(c|cc|cxx|h|hh|hxx|inc|inl|ipp|tpp)$", path):
            faults.append(f"{path}: code is in .cpp and .hpp, which are read here")
        if not re.search(r"\.[ch]pp$", path):
            continue
        files += 1
        if room_of(path).split("/")[0] not in MAY_INCLUDE:
            faults.append(f"{path}: lies in no room")
            continue
        for number, line in enumerate(file.read_text().splitlines(), 1):
            found = INCLUDE.match(line)
            why = found and fault(path, found.group(1), found.group(2))
            if why:
                faults.append(f"{path}:{number}: {why}")
    print("\n".join(faults) or f"{files} files in {len(MAY_INCLUDE)} rooms: no include goes up or sideways")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
