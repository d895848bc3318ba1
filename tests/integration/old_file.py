"""An output file that a failing run has to leave alone."""

from __future__ import annotations

import os
from pathlib import Path

OLD_CONTENT = b"- targets:\n  - 10.0.0.1:9090\n  labels:\n    task_arn: old\n"


class OldFile:
    """An output file of an earlier run, and what it must still be afterwards."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.write_bytes(OLD_CONTENT)
        os.utime(path, ns=(10**18, 10**18))
        self._before = self._state()

    def _state(self) -> tuple:
        found = self.path.stat()
        names = sorted(os.listdir(self.path.parent))
        return self.path.read_bytes(), found.st_mtime_ns, found.st_ino, found.st_mode, names

    def assert_untouched(self) -> None:
        assert self._state() == self._before
