"""The wall clock jumps, as it does when a machine was suspended or its time is set: nothing is lost, no
call is made more often, and what is said of health and keys is true."""

from __future__ import annotations

import time

import pytest
import wall_clock
from discovery_process import QUICK, RECOVERED, parse_logfmt
from target_file import read_groups, wait_for_file
@pytest.fixture(autouse=True)
def _library_can_be_loaded():
    """A sanitizer's library wants to be the first that is loaded."""
    if not wall_clock.can_jump():
        pytest.skip("no clock can be made to jump for a sanitizer's build")


@pytest.fixture
def wall(tmp_path):
    return wall_clock.WallClock(tmp_path / "wall")


class Clocked:
    """A simulator whose environment has the wall clock too."""

    def __init__(self, sim, wall):
        self._sim, self._wall = sim, wall

    def environment(self):
        return self._sim.environment() | self._wall.variables


def complaints(daemon) -> list[str]:
    return [parse_logfmt(line)["msg"] for line in daemon.problems]


@pytest.fixture
def clocked(sim, wall):
    return Clocked(sim, wall)


@pytest.mark.parametrize("offset", ["+2h", "-2d"])
def test_no_target_is_lost_and_health_does_not_jump(
    offset, clocked, sim, wall, start_web, output
):
    web = start_web(clocked, [*QUICK, "-web.unhealthy-after", "1h"]).wait_until_ready()
    before = read_groups(output)

    wall.jump(offset)
    web.wait_for_refreshes(3)
    sim.reset()
    began = web.refreshes()
    web.wait_for_refreshes(10)
    refused = sim.calls()
    made = web.refreshes() - began

    assert web.get("/-/healthy").status == 200
    assert read_groups(output) == before
    assert refused.keys() == {"_rejected"}
    assert refused["_rejected"] <= (made + 1) * 5, "clusters that are known are asked for too"
    assert complaints(web.daemon).count("the local clock is wrong; set it, for AWS refuses calls "
                                        "from five minutes on") == 1

    wall.jump("+0")
    web.daemon.wait_for("the local clock is right again")
    web.daemon.wait_for(RECOVERED)
    assert read_groups(output) == before


def test_health_ends_also_after_the_clock_was_set_back(clocked, wall, start_web):
    web = start_web(clocked, [*QUICK, "-web.unhealthy-after", "1s"]).wait_until_ready()
    wall.jump("-2d")
    web.wait_for_status("/-/healthy", 503)
    wall.jump("+0")
    web.wait_for_status("/-/healthy", 200)


def test_a_restart_in_an_outage_is_healthy_at_first(clocked, sim, wall, start_web, state):
    """What an earlier process read long ago is in the state file, and says nothing of this one."""
    flags = [*QUICK, "-web.unhealthy-after", "1m", "-state.path", state]
    wall.jump("-4m")  # AWS still accepts that
    earlier = start_web(clocked, flags).wait_until_ready()
    assert earlier.daemon.stop() == 0
    wall.jump("+0")
    sim.set_faults("*:denied")

    web = start_web(clocked, flags)
    web.wait_for_refreshes(3)

    assert web.get("/-/healthy").status == 200


def test_keys_that_look_expired_are_used_and_asked_for_seldom(
    clocked, sim, wall, start_daemon, output
):
    """As those of a container do when the clock is a day ahead."""
    environment = clocked.environment()
    del environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]
    environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = sim.url + "/v2/credentials/task"
    daemon = start_daemon([*QUICK, "-config.write-to", output], environment)
    wait_for_file(output)
    before = read_groups(output)

    jumped = time.monotonic()
    wall.jump("+1d")
    sim.wait_for_calls("_rejected", 31)

    most = 3 + (time.monotonic() - jumped) / 30
    assert sim.calls()["ContainerCredentials"] <= most
    words = [each["msg"] for each in daemon.log if "credentials" in each["msg"]]
    assert words == [
        "using AWS credentials",
        "AWS credentials have expired by the local clock; they are used anyway",
    ]
    wall.jump("+0")
    daemon.wait_for(RECOVERED)
    assert read_groups(output) == before
