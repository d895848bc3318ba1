"""Waiting for something: polled, never slept for, and told of when it does not come."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

# Seconds. Generous, for the machine may be busy with other tests; what comes is seen at once.
DEADLINE = 120.0
_MOST_SHOWN = 4000


def wait_until(
    probe: Callable[[], T],
    what: str,
    timeout: float = DEADLINE,
    seen: Callable[[], object] | None = None,
) -> T:
    """Asks `probe` until it returns something true, and returns that. The failure message has what
    `seen` returns then; without it, what `probe` returned last."""
    deadline = time.monotonic() + timeout
    while True:
        answer = probe()
        if answer:
            return answer
        if time.monotonic() > deadline:
            last = _shown(answer if seen is None else seen())
            raise AssertionError(f"gave up after {timeout:g} s waiting for {what}; last seen: {last}")
        time.sleep(0.01)


def _shown(state: object) -> str:
    text = state if isinstance(state, str) else repr(state)
    return text if len(text) <= _MOST_SHOWN else f"... {text[-_MOST_SHOWN:]}"
