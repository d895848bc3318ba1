"""The table of docs/runbook.md that tells where a failure is seen is that of the tests."""

from __future__ import annotations

import sys

from declared_tests import ROOT

sys.path.insert(0, str(ROOT / "tests" / "integration"))

from failure_stories import STORIES, row

RUNBOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")


def test_the_table_has_every_story_in_its_words():
    table = RUNBOOK[RUNBOOK.index("| failure | the cause |") :].split("\n\n")[0]
    assert table.splitlines()[2:] == [row(story) for story in STORIES]


def test_every_alert_of_a_story_has_its_entry():
    named = {alert for story in STORIES for alert in (story.alert, *story.also)}
    assert {alert for alert in named if f"\n## {alert}\n" not in RUNBOOK} == set()
