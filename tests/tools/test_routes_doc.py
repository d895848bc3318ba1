"""The table of paths in docs/http.md has the routes of the web server, with their first method, and no others."""

from __future__ import annotations

import re

from declared_tests import ROOT

ROUTES = (ROOT / "src" / "server" / "routes.cc").read_text(encoding="utf-8")
DOCUMENT = (ROOT / "docs" / "http.md").read_text(encoding="utf-8")
FIRST_METHOD = {"kRead": "GET", "kChange": "POST"}


def in_the_table() -> set[str]:
    rows = re.findall(r'\.path = "([^"]+)",\s*\.methods = (\w+)', ROUTES)
    return {f"{FIRST_METHOD[methods]} {path}" for path, methods in rows}


def in_the_document() -> set[str]:
    table = DOCUMENT.split("| path | |\n", 1)[1].split("\n\n", 1)[0]
    return set(re.findall(r"`((?:GET|POST) /[^`]*)`", table))


def test_the_document_has_every_path_and_no_other():
    assert len(in_the_table()) == ROUTES.count(".path = ") >= 7
    assert in_the_document() == in_the_table()
