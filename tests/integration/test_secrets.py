"""No secret of any kind is ever said, however much the program says and whatever goes wrong; and
files of secrets that others can read get a warning."""

from __future__ import annotations

import re

import pytest
from credential_places import PLACES, STATIC, accepted_keys, build, key_of
from discovery_process import run
from sim_process import DATA, SimProcess

TOKENS = ["ey.env", "ey.web", "ey.pod", "sso-token"]


@pytest.fixture(scope="module")
def sim():
    with SimProcess.start(["--account", DATA / "account-plain.json", *accepted_keys()]) as sim:
        yield sim


def secrets(sim: SimProcess) -> list[str]:
    """Everything that may be shown to nobody."""
    issued = [key[name] for key in sim.keys().values() for name in ("secret", "token")]
    found = [text for text in issued if text] + TOKENS
    assert set(found) >= {key_of(place)[1] for place in STATIC}
    return found


@pytest.mark.parametrize("broken", [False, True], ids=["good", "broken"])
@pytest.mark.parametrize("place", PLACES)
def test_no_secret_of_any_place_is_said(place, broken, sim, tmp_path):
    env = build(tmp_path, sim, [] if broken else [place], [place] if broken else [])
    write_to = ["-config.scrape-times=1", f"-config.write-to={tmp_path / 'targets.json'}"]
    for args in (["doctor", "--json"], ["explain"], write_to):
        done = run([*args, "-log.level=debug"], env, cwd=tmp_path)
        said = done.stdout + done.stderr
        assert said
        assert [text for text in secrets(sim) if text in said] == []
        assert re.findall("Authorization:|Signature=|X-Amz-Security-Token", said, re.I) == []


@pytest.mark.parametrize("fault", ["ListClusters:denied", "ListClusters:expired", "ListTasks:html"])
def test_no_secret_is_said_when_calls_fail(fault, start_sim, data, tmp_path):
    sim = start_sim("--account", data / "account-plain.json", *accepted_keys())
    sim.set_faults(fault)
    env = build(tmp_path, sim, ["role"])
    done = run(["-log.level=debug", "-config.scrape-times=1"], env, cwd=tmp_path)
    assert done.status == 1
    assert [text for text in secrets(sim) if text in done.stderr] == []


@pytest.mark.parametrize("mode, warned", [(0o600, False), (0o640, True), (0o644, True)], ids=oct)
def test_a_credentials_file_that_others_can_read_gets_a_warning(mode, warned, sim, tmp_path):
    env = build(tmp_path, sim, ["credentials-file"])
    shared = tmp_path / "credentials"
    shared.chmod(mode)
    done = run(["-config.scrape-times=1"], env, cwd=tmp_path)
    assert done.status == 0
    assert [str(shared) in line for line in done.problems] == ([True] if warned else [])
