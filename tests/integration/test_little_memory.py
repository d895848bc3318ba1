"""With too little memory the program ends with a status and a message, never by a signal."""

from __future__ import annotations

import resource

import processes
import pytest
from discovery_process import run

pytestmark = pytest.mark.sim("--seed", 1, "--clusters", 10, "--tasks", 4000)

MEBIBYTE = 1024 * 1024


def limited(kind: int, size: int):
    def prepare() -> None:
        processes.die_with_parent()
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(kind, (size, size))

    return prepare


@pytest.mark.parametrize("kind, mebibytes", [("AS", size) for size in (90, 120, 160, 200)] + [("DATA", 26)])
def test_little_memory_ends_with_a_message(kind, mebibytes, shared_sim, environment, output):
    """It used to end with SIGABRT where a thread got none."""
    if processes.sanitized():
        pytest.skip("sanitizers need memory of their own")
    prepare = limited(getattr(resource, f"RLIMIT_{kind}"), mebibytes * MEBIBYTE)
    args = ["-config.scrape-times=1", f"-config.write-to={output}"]
    done = run(args, environment(shared_sim.environment()), preexec=prepare)
    assert done.status in (0, 1, 4), done.stderr
    assert (done.status == 0) == output.exists()
    if done.status != 0:
        assert "memory" in done.stderr.splitlines()[-1]
