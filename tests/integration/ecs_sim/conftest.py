"""Simulators for the tests of the simulator itself."""

from __future__ import annotations

import pytest
from sim_client import account_file
from sim_process import DATA, SimProcess


@pytest.fixture(scope="module", params=["account-plain.json", "account-edge.json"])
def held(request):
    """A simulator and the document it serves."""
    with SimProcess.start(["--account", DATA / request.param, "--page-size", "7"]) as sim:
        yield sim, account_file(request.param)


@pytest.fixture(scope="module")
def shared():
    with SimProcess.start(["--account", DATA / "account-plain.json"]) as sim:
        yield sim


@pytest.fixture
def sim(shared):
    shared.set_faults()
    shared.reset()
    return shared


@pytest.fixture
def fresh():
    """For tests that change the account or end the process."""
    with SimProcess.start(["--account", DATA / "account-plain.json"]) as sim:
        yield sim
