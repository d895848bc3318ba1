"""A wall clock that jumps, for the program under test, by libfaketime."""

from __future__ import annotations

from pathlib import Path

import processes

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


def can_jump() -> bool:
    """Not for a sanitizer's build: its library wants to be the first that is loaded."""
    assert LIBRARIES, "libfaketime is missing: tools/install_packages.sh test"
    return not processes.sanitized()


class WallClock:
    """Of one process; its monotonic clock and the times of files are those of the machine."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.jump("+0")

    def jump(self, offset: str) -> None:
        """From the right time, such as "-2h"."""
        new = self._path.with_suffix(".new")
        new.write_text(offset + "\n")
        new.replace(self._path)

    @property
    def variables(self) -> dict[str, str]:
        """What makes a process see it."""
        return {
            "LD_PRELOAD": str(LIBRARIES[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._path),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }
