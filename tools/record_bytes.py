#!/usr/bin/env python3
"""Records the bytes that the program gives, for tests/integration/test_recorded_bytes.py.

Usage: record_bytes.py [--account | --to DIRECTORY] [NAME...]. Without a name: every account. Each is made
twice, and not recorded when the two differ. The programs are those of ECSD_BUILD (default: build/dev).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY / "tests" / "integration"))

import recorded_files
from recorded_accounts import ACCOUNTS


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="accounts; default: all of them")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--account", action="store_true", help="print the account, record nothing")
    instead.add_argument("--to", type=Path, metavar="DIRECTORY", help="write all bytes there, record nothing")
    return parser.parse_args()


def main() -> int:
    arguments = parse_arguments()
    os.environ["ECSD_BUILD"] = str(REPOSITORY / os.environ.get("ECSD_BUILD", "build/dev"))
    names = arguments.names or list(recorded_files.WHOLE)
    unknown = set(names) - recorded_files.WHOLE.keys()
    if unknown:
        print(f"no such account: {' '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    if arguments.account:
        print(json.dumps([ACCOUNTS[name].document() for name in names][0], indent=1))
        return 0
    try:
        with ThreadPoolExecutor(3) as pool:
            made = dict(zip(names, pool.map(recorded_files.make_twice, names)))
    except ValueError as differing:
        print(f"nothing recorded: {differing}", file=sys.stderr)
        return 1
    if arguments.to:
        for name, outputs in made.items():
            recorded_files.write(outputs, arguments.to / name)
    else:
        recorded_files.record(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
