"""Random sequences of what can go wrong: faults of several calls at once, tasks and clusters that come
and go, processes that are killed, frozen and started again with or without what earlier ones left,
keys that end, AWS that cannot be reached, a wall clock that jumps.

Whatever comes, a target that was in the file is in every later one for as long as its task runs and
the program has not lost both its files; and when the faults end, a few refreshes give what a new
process finds. What happens follows from the seed, when it happens does not: a seed that fails may have
to be run more than once to fail again.
"""

from __future__ import annotations

import time

import pytest
from random_faults import Driver, Findings


def run(seed, environment, directory, rounds, seconds):
    """So many rounds, or fewer when the time is over."""
    end = time.monotonic() + seconds

    def more(found: Findings) -> bool:
        return found.rounds < rounds and time.monotonic() < end

    print(Driver(seed, directory, environment).run(more))


# With these every member of Ways has its turn.
@pytest.mark.parametrize("seed", [7, 12, 13])
def test_random_faults(seed, environment, tmp_path):
    run(seed, environment, tmp_path, rounds=12, seconds=6)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(100, 120))
def test_random_faults_for_long(seed, environment, tmp_path):
    run(seed, environment, tmp_path, rounds=1000, seconds=30)
