"""The wall clock jumps, as it does when a machine was suspended or its time is set: nothing is lost, no
call is made more often, and what is said of health and keys is true."""

from __future__ import annotations

import re
import time

import processes
import pytest
import wall_clock
from discovery_process import parse_logfmt, read_groups

QUICK = ["-config.scrape-interval", "100ms"]


@pytest.fixture(autouse=True)
def _library_can_be_loaded():
    """A sanitizer's library wants to be the first that is loaded."""
    if not wall_clock.can_jump():
        pytest.skip("no clock can be made to jump for a sanitizer's build")


@pytest.fixture
def wall(tmp_path):
    return wall_clock.WallClock(tmp_path / "wall")


@pytest.fixture
def sim(start_sim, data):
    return start_sim("--account", data / "account-plain.json")


class Clocked:
    """A simulator whose environment has the wall clock too."""

    def __init__(self, sim, wall):
        self._sim, self._wall = sim, wall

    def environment(self):
        return self._sim.environment() | self._wall.variables


def metric(web, name) -> float:
    return float(re.search(rf"^{name} (\S+)$", web.get("/metrics").text, re.M)[1])


def wait_for_refreshes(web, count=3):
    goal = metric(web, "ecs_discovery_refreshes_total") + count
    processes.wait_until(
        lambda: metric(web, "ecs_discovery_refreshes_total") >= goal, "refreshes", timeout=60
    )


def complaints(daemon) -> list[str]:
    return [parse_logfmt(line)["msg"] for line in daemon.problems]


@pytest.fixture
def clocked(sim, wall):
    return Clocked(sim, wall)


@pytest.mark.parametrize("offset", ["+2h", "-2d"])
def test_no_target_is_lost_and_health_does_not_jump(
    offset, clocked, sim, wall, start_web, tmp_path
):
    web = start_web(clocked, [*QUICK, "-web.unhealthy-after", "1h"])
    web.wait_until_ready()
    before = read_groups(tmp_path / "targets.json")

    wall.jump(offset)
    wait_for_refreshes(web)
    sim.reset()
    began = metric(web, "ecs_discovery_refreshes_total")
    wait_for_refreshes(web, 10)
    refused = sim.calls()
    made = metric(web, "ecs_discovery_refreshes_total") - began

    assert web.get("/-/healthy").status == 200
    assert read_groups(tmp_path / "targets.json") == before
    assert refused.keys() == {"_rejected"}
    assert refused["_rejected"] <= (made + 1) * 5, "clusters that are known are asked for too"
    assert complaints(web.daemon).count("the local clock is wrong; set it, for AWS refuses calls "
                                        "from five minutes on") == 1

    wall.jump("+0")
    processes.wait_until(
        lambda: "the local clock is right again" in web.daemon.stderr, "the right time"
    )
    processes.wait_until(lambda: "refreshes are complete again" in web.daemon.stderr, "recovery")
    assert read_groups(tmp_path / "targets.json") == before


def test_health_ends_also_after_the_clock_was_set_back(clocked, sim, wall, start_web):
    web = start_web(clocked, [*QUICK, "-web.unhealthy-after", "1s"])
    web.wait_until_ready()
    wall.jump("-2d")
    processes.wait_until(lambda: web.get("/-/healthy").status == 503, "ill health")
    wall.jump("+0")
    processes.wait_until(lambda: web.get("/-/healthy").status == 200, "health")


def test_a_restart_in_an_outage_is_healthy_at_first(clocked, sim, wall, start_web, tmp_path):
    """What an earlier process read long ago is in the state file, and says nothing of this one."""
    flags = [*QUICK, "-web.unhealthy-after", "1m", "-state.path", tmp_path / "state.db"]
    wall.jump("-4m")  # AWS still accepts that
    earlier = start_web(clocked, flags)
    earlier.wait_until_ready()
    assert earlier.daemon.stop() == 0
    wall.jump("+0")
    sim.set_faults("*:denied")

    web = start_web(clocked, flags)
    wait_for_refreshes(web)

    assert web.get("/-/healthy").status == 200


def test_keys_that_look_expired_are_used_and_asked_for_seldom(
    clocked, sim, wall, start_daemon, tmp_path
):
    """As those of a container do when the clock is a day ahead."""
    environment = clocked.environment()
    del environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]
    environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = sim.url + "/v2/credentials/task"
    output = tmp_path / "targets.json"
    daemon = start_daemon([*QUICK, "-config.write-to", output], environment)
    processes.wait_until(output.exists, "the first file")
    before = read_groups(output)

    jumped = time.monotonic()
    wall.jump("+1d")
    processes.wait_until(lambda: sim.calls().get("_rejected", 0) > 30, "calls that are refused")

    most = 3 + (time.monotonic() - jumped) / 30
    assert sim.calls()["ContainerCredentials"] <= most
    said = [parse_logfmt(line) for line in daemon.stderr.splitlines()]
    words = [each["msg"] for each in said if "credentials" in each["msg"]]
    assert words == [
        "using AWS credentials",
        "AWS credentials have expired by the local clock; they are used anyway",
    ]
    wall.jump("+0")
    processes.wait_until(lambda: "refreshes are complete again" in daemon.stderr, "recovery")
    assert read_groups(output) == before
