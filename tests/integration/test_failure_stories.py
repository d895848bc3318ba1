"""The log, an alert, the page and doctor tell the same cause of a failure, and nothing before and after it.

Every story has a simulator and a program of its own; one Prometheus watches them all."""

from __future__ import annotations

import html
import json
import re
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import browser
import pytest
from discovery_process import parse_logfmt, problems
from failure_stories import STORIES, Story
from story_scene import Scene
from story_stage import Stage
from waiting import wait_until

QUICK = [story for story in STORIES if story.quick]
OTHERS = [story for story in STORIES if not story.quick]
TOGETHER = 6  # so many at a time do two cores bear
WITHIN = 60.0  # seconds
_UNSEEN = re.compile(r"<(script|style).*?</\1>", re.DOTALL)


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    started = Stage(tmp_path_factory.mktemp("stage"))
    yield started
    started.close()


@pytest.fixture(scope="module")
def root():
    """A directory in which everybody may search, since doctor warns where a Prometheus may not. Those
    of pytest are for their owner alone, and become so again when another pytest begins."""
    with tempfile.TemporaryDirectory(prefix="stories-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


def page_of(scene: Scene) -> tuple[str, str]:
    """The colour of the verdict and what stands above the list of containers; empty: nobody answers."""
    answer = scene.get("/")
    if answer is None:
        return "", ""
    top = _UNSEEN.sub("", answer.text).split('id="containers"')[0]
    text = " ".join(html.unescape(re.sub("<[^>]+>", " ", top.replace("<wbr>", ""))).split())
    return re.search(r'class="state (\w+)"', top)[1], text


class Telling:
    """One story, told."""

    def __init__(self, story: Story, scene: Scene, stage: Stage) -> None:
        self.story, self.scene, self.stage = story, scene, stage
        self.began = time.time()
        self.driver = None  # of a page that is open all the time

    def run(self) -> None:
        story, scene = self.story, self.scene
        story.prepare(scene)
        scene.variables = scene.prepared
        scene.base_flags = story.flags
        scene.start_sim()
        scene.start()
        wait_until(scene.is_ready, "a complete refresh")
        self.stage.watch(scene.instance)
        self.expect_silence()
        assert problems(scene.log()) == []
        self.open_page()
        healthy = time.time()
        before = len(scene.log())
        story.begin(scene)
        self.expect_all(before)
        story.end(scene)
        self.expect_silence()
        allowed = {story.alert, *story.also}
        assert self.stage.fired(scene.instance, self.began, healthy) == set()
        assert self.stage.fired(scene.instance, healthy, time.time()) <= allowed

    def expect_all(self, before: int) -> None:
        """All four are asked, so that a failure shows what each of them tells."""
        expected = (
            lambda: self.expect_log(before), self.expect_page, self.expect_doctor, self.expect_alert,
        )
        missing = []
        for each in expected:
            try:
                each()
            except AssertionError as failure:
                missing.append(str(failure))
        if missing:
            raise AssertionError("\n".join(missing))

    def expect_silence(self) -> None:
        def silent() -> bool:
            return page_of(self.scene)[0] == "good" and not self.stage.alerts(self.scene.instance)

        def seen() -> str:
            return f"{page_of(self.scene)}\n{self.stage.alerts(self.scene.instance)}"

        wait_until(silent, "page and alerts to be as in good times", WITHIN, seen=seen)
        if self.driver is not None:
            wait_until(lambda: not self.page_is_lost(), "the open page to go on", WITHIN, seen=seen)
        done = self.scene.doctor()
        assert done.status == 0, done.stdout
        assert not re.search("^(FAIL|warn)", done.stdout, re.MULTILINE), done.stdout

    def expect_log(self, before: int) -> None:
        if not self.story.log:
            assert problems(self.scene.log()[before:]) == []
            return

        def told() -> bool:
            for line in self.scene.log()[before:].splitlines():
                fields = parse_logfmt(line)
                if re.match(self.story.log, fields["msg"]) and re.search(self.story.says, line):
                    return True
            return False

        wait_until(
            told, "the log to tell", WITHIN,
            seen=lambda: "\n".join(problems(self.scene.log()[before:])),
        )

    def open_page(self) -> None:
        if self.story.page == "lost":
            profile = self.scene.directory / "browser"
            profile.mkdir()
            self.driver = browser.start(profile)
            self.driver.get(self.scene.url + "/")

    def close_page(self) -> None:
        if self.driver is not None:
            self.driver.quit()

    def expect_page(self) -> None:
        if self.driver is not None:
            wait_until(
                self.page_is_lost, "the open page to tell", WITHIN,
                seen=lambda: self.driver.page_source[:2000],
            )
            return

        def told() -> bool:
            colour, text = page_of(self.scene)
            told = re.search(self.story.says, text) or not self.story.page
            return colour == self.story.page and bool(told)

        wait_until(
            told, f"a page of colour {self.story.page!r}", WITHIN,
            seen=lambda: page_of(self.scene),
        )

    def expect_doctor(self) -> None:
        done = self.scene.doctor("-json")
        checks = json.loads(done.stdout)
        found = [each for each in checks if each["state"] in ("fail", "warn")]
        if not self.story.doctor:
            assert found == []
            return
        among = checks if self.story.doctor_says else found
        told = [each for each in among if each["name"] == self.story.doctor]
        text = " ".join(each["text"] + " " + each.get("fix", "") for each in told)
        if len(told) != 1 or not re.search(self.story.doctor_says or self.story.says, text):
            raise AssertionError(f"doctor tells: {json.dumps(found, indent=1)}")

    def page_is_lost(self) -> bool:
        text = "return document.getElementById('connection')?.textContent ?? ''"
        return self.driver.execute_script(text).startswith("Connection lost")

    def expect_alert(self) -> None:
        def told() -> bool:
            return any(
                each["state"] == "firing"
                and each["labels"]["alertname"] == self.story.alert
                and re.search(self.story.alert_says, json.dumps([each["labels"], each["annotations"]]))
                for each in self.stage.alerts(self.scene.instance)
            )

        wait_until(
            told, self.story.alert, WITHIN,
            seen=lambda: self.stage.alerts(self.scene.instance),
        )


def tell(story: Story, root, stage: Stage) -> None:
    scene = Scene(root / story.name)
    telling = Telling(story, scene, stage)
    try:
        telling.run()
    finally:
        telling.close_page()
        scene.close()
        stage.forget(scene.instance)


@pytest.mark.parametrize("story", QUICK, ids=[story.name for story in QUICK])
def test_the_same_cause_in_four_places(story, root, stage):
    tell(story, root, stage)


@pytest.mark.full
def test_the_same_cause_in_four_places_for_the_other_stories(root, stage):
    with ThreadPoolExecutor(TOGETHER) as pool:
        told = {
            story.name: pool.submit(tell, story, root, stage)
            for story in OTHERS
            if story.possible()
        }
    failures = {name: future.exception() for name, future in told.items() if future.exception()}
    if failures:
        raise AssertionError("\n\n".join(f"{name}: {error}" for name, error in failures.items()))
