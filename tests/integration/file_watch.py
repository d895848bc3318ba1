"""Reads an output file at every change, in a thread, and keeps what must never be there."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path


class FileWatch:
    """Calls `check(path)` for every content of the file, from the thread of this object; what it
    raises is kept in `findings`. Use as a context manager: leaving it fails when there are any."""

    def __init__(self, path: Path, check: Callable[[Path], None]) -> None:
        self.findings: list[str] = []
        self.changes = 0
        self._path = path
        self._check = check
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> FileWatch:
        self._thread.start()
        return self

    def __exit__(self, kind: object, *_exc: object) -> None:
        self._ended.set()
        self._thread.join()
        if kind is None and self.findings:
            raise AssertionError("; ".join(self.findings[:5]))

    def _watch(self) -> None:
        seen: tuple | None = None
        while not self._ended.wait(0.002):
            try:
                now = os.stat(self._path)
            except FileNotFoundError:
                if seen is not None:
                    self.findings.append("the file is gone")
                    return
                continue
            state = (now.st_ino, now.st_size, now.st_mtime_ns)
            if state != seen:
                seen = state
                self._look()

    def _look(self) -> None:
        self.changes += 1
        try:
            self._check(self._path)
        except Exception as error:  # noqa: BLE001 (whatever it is, it is the finding)
            self.findings.append(f"change {self.changes}: {type(error).__name__}: {error}")
