#!/usr/bin/env python3
"""Fails when an #include or a CMake link arrow breaks the layers of the source tree.

Usage: check_layers.py [ROOT]. Prints one line for each breach: file, line, the rule that is broken.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

# The directories of src/, highest row first. A directory uses itself and the rows below its own.
LAYERS = (
    ("app",),
    ("server", "config"),
    ("state",),
    ("discovery", "output"),
    ("aws",),
    ("http", "core", "telemetry", "yaml"),
    ("support",),
)

# The simulator judges the product, so it may not share the product's reading of AWS.
SIM_USES = ("support",)

# Where each third-party header may be included: directories of src/, or sim, tests, bench, fuzz.
# None is everywhere.
THIRD_PARTY = {
    "benchmark/": ("bench",),
    "crypt.h": ("server",),
    "curl/": ("http",),
    "fmt/": None,
    "gmock/": ("tests",),
    "gnutls/": ("server",),
    "gtest/": ("tests",),
    "microhttpd.h": ("server", "sim"),
    "nlohmann/": ("sim", "tests"),
    "openssl/": ("aws", "http", "output", "sim", "tests"),
    "prometheus/": ("server",),
    "pugixml.hpp": ("aws",),
    "simdjson.h": ("aws", "bench"),
    "spdlog/": ("telemetry",),
    "sqlite3.h": ("state", "tests"),
    "tl/expected.hpp": None,  # the vocabulary of results, see support/result.h
    "yaml.h": ("yaml", "tests"),
    "zlib.h": ("server", "sim", "tests"),
}

# The same for what target_link_libraries names.
THIRD_PARTY_TARGETS = {
    "CURL::libcurl": ("http",),
    "OpenSSL::Crypto": ("aws", "output"),
    "OpenSSL::SSL": ("http",),
    "PkgConfig::CRYPT": ("server",),
    "PkgConfig::GNUTLS": ("server",),
    "PkgConfig::MICROHTTPD": ("server",),
    "PkgConfig::SQLITE": ("state",),
    "PkgConfig::YAML": ("yaml",),
    "ZLIB::ZLIB": ("server",),
    "fmt::fmt": None,
    "prometheus-cpp::core": ("server",),
    "pugixml::pugixml": ("aws",),
    "simdjson::simdjson": ("aws", "bench"),
    "spdlog::spdlog": ("telemetry",),
    "tl::expected": ("support",),  # and from there to all
    "Threads::Threads": None,
}

# Headers of the system that have a dot or a slash in their name; those without are C++'s own.
SYSTEM = re.compile(
    r"(sys|netinet|arpa|net|linux)/\w+\.h"
    r"|(cxxabi|dirent|errno|fcntl|grp|malloc|netdb|poll|pthread|pwd|sched|signal|spawn|string|termios|time|unistd)\.h"
)

# `core` is pure: what reads clocks, takes locks, starts threads or does input and output stays out.
# <sys/socket.h> alone is there for the names of address families.
IMPURE = re.compile(
    r"(atomic|condition_variable|cstdio|ctime|filesystem|fstream|future|iostream|mutex|random"
    r"|shared_mutex|stop_token|thread|fcntl\.h|poll\.h|signal\.h|time\.h|unistd\.h|sys/(?!socket\.h).*|linux/.*)"
)

INCLUDE = re.compile(r'^\s*#\s*include\s*(?P<mark>[<"])(?P<name>[^>"]+)[>"]')
LINK = re.compile(r"target_link_libraries\s*\((?P<body>[^)]*)\)")
KEYWORDS = {"PUBLIC", "PRIVATE", "INTERFACE"}


@dataclass(frozen=True)
class Breach:
    file: Path
    line: int
    rule: str

    def text(self, root: Path) -> str:
        return f"{self.file.relative_to(root)}:{self.line}: {self.rule}"


def row_of(directory: str) -> int | None:
    for number, row in enumerate(LAYERS):
        if directory in row:
            return number
    return None


def may_use(user: str, used: str) -> bool:
    user_row, used_row = row_of(user), row_of(used)
    return user == used or (user_row is not None and used_row is not None and user_row < used_row)


def below(directory: str) -> str:
    names = [name for row in LAYERS[row_of(directory) + 1 :] for name in row]
    return ", ".join(names) if names else "nothing else"


def layer_rule(user: str, used: str) -> str | None:
    """Why src/`user` may not use src/`used`, or None."""
    if row_of(user) is None:
        return f"src/{user} has no row in the layer table of tools/check_layers.py"
    if row_of(used) is None:
        return f"{used}/ is no directory of the layer table of tools/check_layers.py"
    if not may_use(user, used):
        return f"{user} may not use {used}; it may use {below(user)}"
    return None


def allowed_in(name: str) -> tuple[bool, tuple[str, ...] | None]:
    """Whether the header is known as third-party, and where it may be included."""
    for prefix, places in THIRD_PARTY.items():
        if name == prefix or (prefix.endswith("/") and name.startswith(prefix)):
            return True, places
    return False, None


def angle_rule(place: str, name: str) -> str | None:
    """Why <name> may not be included in `place`, or None."""
    known, places = allowed_in(name)
    if known:
        if places is None or place in places:
            return None
        return f"<{name}> may be included only in {', '.join(places)}, not in {place}"
    if place == "core" and IMPURE.fullmatch(name):
        return f"core is pure: <{name}> brings clocks, locks, threads or input and output"
    if "." not in name and "/" not in name:
        return None
    if SYSTEM.fullmatch(name):
        return None
    return f"<{name}> is unknown: give a new library its place in tools/check_layers.py"


def quote_rule(top: str, place: str, name: str) -> str | None:
    """Why "name" may not be included in `place` of the top directory `top`, or None."""
    first = name.split("/", 1)[0]
    if top == "src":
        return layer_rule(place, first)
    if top == "sim" and first != "sim" and first not in SIM_USES:
        return f"sim may not use {first}; it may use sim, {', '.join(SIM_USES)}"
    return None


def sources(root: Path) -> list[tuple[str, str, Path]]:
    """(top directory, place for the rules, file) of every C++ file."""
    found = []
    for top in ("src", "sim", "tests", "bench", "fuzz"):
        for file in sorted((root / top).rglob("*")):
            if file.suffix in (".h", ".cc"):
                found.append((top, file.relative_to(root / top).parts[0] if top == "src" else top, file))
    return found


def include_breaches(root: Path) -> list[Breach]:
    breaches = []
    for top, place, file in sources(root):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            name = match["name"]
            angle = match["mark"] == "<"
            rule = angle_rule(place, name) if angle else quote_rule(top, place, name)
            if rule:
                breaches.append(Breach(file, number, rule))
    return breaches


@dataclass(frozen=True)
class Arrow:
    user: str
    used: str
    file: Path
    line: int


def arrows(root: Path) -> list[Arrow]:
    """Every library that the target ecsd_DIRECTORY of a directory of src/ is linked to."""
    found = []
    for file in sorted((root / "src").glob("*/CMakeLists.txt")):
        text = re.sub(r"#[^\n]*", "", file.read_text(encoding="utf-8"))
        for match in LINK.finditer(text):
            target, *libraries = match["body"].split()
            if target != f"ecsd_{file.parent.name}":
                continue
            line = text.count("\n", 0, match.start()) + 1
            found += [
                Arrow(file.parent.name, library, file, line)
                for library in libraries
                if library not in KEYWORDS
            ]
    return found


def arrow_rule(arrow: Arrow) -> str | None:
    if arrow.used.startswith("ecsd_"):
        rule = layer_rule(arrow.user, arrow.used.removeprefix("ecsd_"))
        return f"link to {arrow.used}: {rule}" if rule else None
    if arrow.used not in THIRD_PARTY_TARGETS:
        return f"link to {arrow.used}: unknown, give it its place in tools/check_layers.py"
    places = THIRD_PARTY_TARGETS[arrow.used]
    if places is None or arrow.user in places:
        return None
    return f"link to {arrow.used}: allowed only in {', '.join(places)}, not in {arrow.user}"


def reachable(all_arrows: list[Arrow], start: str) -> set[str]:
    """The directories whose libraries `start` is linked to, over any number of arrows."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        user = waiting.pop()
        for arrow in all_arrows:
            used = arrow.used.removeprefix("ecsd_")
            if arrow.user == user and arrow.used.startswith("ecsd_") and used not in seen:
                seen.add(used)
                waiting.append(used)
    return seen


def link_breaches(root: Path) -> list[Breach]:
    all_arrows = arrows(root)
    breaches = [
        Breach(arrow.file, arrow.line, rule)
        for arrow in all_arrows
        if (rule := arrow_rule(arrow)) is not None
    ]
    for top, place, file in sources(root):
        if top != "src":
            continue
        linked = reachable(all_arrows, place) | {place}
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            if not match or match["mark"] == "<":
                continue
            used = match["name"].split("/", 1)[0]
            if row_of(used) is not None and used not in linked:
                rule = f"{place} includes {used}/ but ecsd_{place} is not linked to ecsd_{used}"
                breaches.append(Breach(file, number, rule))
    return breaches


def main(arguments: list[str]) -> int:
    root = Path(arguments[0] if arguments else Path(__file__).parent.parent).resolve()
    if not sources(root):
        print(f"{root}: no sources found", file=sys.stderr)
        return 1
    breaches = include_breaches(root) + link_breaches(root)
    for breach in breaches:
        print(breach.text(root))
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
