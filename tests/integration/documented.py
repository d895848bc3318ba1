"""The differences from other AWS tools that docs/credentials.md admits."""

from __future__ import annotations

import processes


def differences() -> list[str]:
    """The first column of its table: what differs."""
    text = (processes.REPOSITORY / "docs" / "credentials.md").read_text()
    table = text.split("## Where other tools differ\n")[1].split("\n## ")[0]
    rows = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("|")]
    return rows[2:]  # without the header
