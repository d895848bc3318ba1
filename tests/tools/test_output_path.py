"""Documents, examples and packages name one output file, and one directory for it."""

from __future__ import annotations

import re

import pytest
from declared_tests import ROOT

DIRECTORY = "/var/lib/prometheus/ecs"
OUTPUT = f"{DIRECTORY}/ecs_file_sd.yml"
# To compare with the file of the Go program, beside which it must not be.
ELSEWHERE = {"docs/switching.md": {"/tmp/new.yml"}}
PLACES = ("README.md", "CHANGELOG.md", "docs/*.md", "deploy/**/*", "packaging/**/*", "tools/make_image.sh")
FILES = sorted({path for place in PLACES for path in ROOT.glob(place) if path.is_file()})

ABSOLUTE = re.compile(r"(?<![\w.*~-])(/[\w./-]*file_sd\w*\.(?:ya?ml|json))")
WRITTEN = re.compile(r"""-config\.write-to(?:",\s*"|[= ]|\s*\n)(?!--?\w)([^\s"`,]*[\w-]\.(?:ya?ml|json))""")
READ = re.compile(r"^ *-? *files:(?: *\[([^\]]*)\]|((?:\n *- .*)+))", re.M)
BELOW = re.compile(r"(/var/lib/prometheus\b/[\w./-]+)")


def paths_in(text: str) -> set[str]:
    """Every path of an output file or of its directory that the text has."""
    found = set(ABSOLUTE.findall(text)) | set(WRITTEN.findall(text)) | set(BELOW.findall(text))
    for inline, block in READ.findall(text):
        found |= set(re.findall(r"[^\s,'\"]+\.(?:ya?ml|json)", inline or block))
    return {path.rstrip(".,/") for path in found}


@pytest.mark.parametrize("name", [str(path.relative_to(ROOT)) for path in FILES])
def test_one_path_is_named(name):
    found = paths_in((ROOT / name).read_text("utf-8"))
    assert found - ELSEWHERE.get(name, set()) <= {OUTPUT, DIRECTORY}


@pytest.mark.parametrize(
    "name",
    ["README.md", "docs/install.md", "docs/switching.md", "deploy/prometheus/file_sd.yml",
     "packaging/prometheus-ecs-discovery.service", "packaging/prometheus-ecs-discovery.default"],
)  # fmt: skip
def test_it_is_named_where_people_look(name):
    assert OUTPUT in paths_in((ROOT / name).read_text("utf-8"))


@pytest.mark.parametrize(
    "text",
    ["see /etc/prometheus/ecs_file_sd.yml.", "prog -config.write-to other.json", '"-config.write-to", "/x/a.yml"',
     "-config.write-to\n/srv/targets.yml", "- files: [/etc/a.yml]", "files:\n  - /etc/b.yml\n", "/var/lib/prometheus/x"],
)  # fmt: skip
def test_another_path_is_noticed(text):
    assert paths_in(text) - {OUTPUT, DIRECTORY}
