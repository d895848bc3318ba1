"""What a state file has, for which SQLite is asked."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from pathlib import Path

TASK_RECORDS = 4  # RecordKind::kTask


def tasks_in_state(state: Path, room: Path) -> set[str]:
    """The tasks that a state file has, after its process has ended in whatever way: what was not
    written to the end is undone in a copy. None of one that is spoilt and was not set aside yet."""
    shutil.rmtree(room, ignore_errors=True)
    room.mkdir()
    for path in state.parent.glob(state.name + "*"):
        shutil.copy(path, room)
    with contextlib.closing(sqlite3.connect(room / state.name)) as file:
        try:
            rows = file.execute("SELECT key FROM record WHERE kind = ?", (TASK_RECORDS,)).fetchall()
        except sqlite3.DatabaseError:
            return set()
    return {key.decode() for (key,) in rows}


def kept_tasks(state: Path) -> int:
    """How many tasks the state file has for good. A running program has it locked, so a copy is looked
    at; while the journal has something, a transaction is not ended."""
    journal = state.with_name(state.name + "-journal")
    copy = state.with_name("copy.db")
    copy.write_bytes(state.read_bytes())
    try:
        file = sqlite3.connect(copy)
        count = file.execute("SELECT count(*) FROM record WHERE kind = ?", (TASK_RECORDS,)).fetchone()[0]
        file.close()
    except sqlite3.DatabaseError:
        count = 0
    copy.unlink()
    return 0 if journal.exists() and journal.stat().st_size > 0 else count
