"""The recorded bytes in tests/data/recorded: digests of everything, and some outputs whole.

    digests.json       account -> output -> "STATUS BYTES LINES SHA256"
    ACCOUNT/OUTPUT     the bytes themselves

`build/venv/bin/python -B tools/record_bytes.py` makes them.
"""

from __future__ import annotations

import difflib
import json
import shlex
import shutil
import tempfile
from itertools import islice
from pathlib import Path

import processes
import recorded_outputs
from recorded_accounts import ACCOUNTS
from recorded_outputs import Output
from sim_process import DATA, SimProcess

RECORDED = DATA / "recorded"
DIGESTS = RECORDED / "digests.json"
DEMO = "demo"
WHOLE = {name: account.whole for name, account in ACCOUNTS.items()} | {DEMO: ("log",)}
TOOL = "build/venv/bin/python -B tools/record_bytes.py"


def make(name: str, directory: Path) -> dict[str, Output]:
    """Everything that is recorded of this account, made by the programs of ECSD_BUILD."""
    if name != DEMO:
        return recorded_outputs.outputs_of(ACCOUNTS[name], directory)
    # Without --exporters, which changes addresses but no log line: it would bind addresses that a
    # running demo has.
    with SimProcess.start(recorded_outputs.demo_account_flags()) as sim:
        return {"log": recorded_outputs.demo_log(sim, directory)}


def digests() -> dict[str, dict[str, str]]:
    return json.loads(DIGESTS.read_text())


def record(made: dict[str, dict[str, Output]]) -> None:
    """Replaces what is recorded of these accounts; accounts that there are no more are removed."""
    kept = digests() if DIGESTS.exists() else {}
    kept |= {name: {key: output.digest() for key, output in outputs.items()} for name, outputs in made.items()}
    RECORDED.mkdir(exist_ok=True)
    DIGESTS.write_text(json.dumps({name: kept[name] for name in WHOLE if name in kept}, indent=1) + "\n")
    for name in {path.name for path in RECORDED.iterdir() if path.is_dir()} - WHOLE.keys() | made.keys():
        shutil.rmtree(RECORDED / name, ignore_errors=True)
    for name, outputs in made.items():
        write({key: outputs[key] for key in WHOLE[name]}, RECORDED / name)


def write(outputs: dict[str, Output], directory: Path) -> None:
    if outputs:
        directory.mkdir(parents=True, exist_ok=True)
    for key, output in outputs.items():
        (directory / key).write_bytes(output.content)


def difference(name: str, made: dict[str, Output], directory: Path) -> str:
    """What is not as it was recorded, and how to look into it; empty: nothing. The outputs that
    differ are written to `directory`."""
    recorded = digests().get(name, {})
    found = [f"{key}: recorded, but not made" for key in recorded.keys() - made.keys()]
    for key, output in made.items():
        was = recorded.get(key, "nothing")
        if was != output.digest():
            write({key: output}, directory)
            found.append(f"{key}: {output.digest()}, recorded was {was}")
            found.append(_how_to_make(name, output, directory / key))
            found.append(_first_lines(RECORDED / name / key, directory / key))
    return "\n".join(each for each in found if each)


def _how_to_make(name: str, output: Output, now: Path) -> str:
    flags = [] if name == DEMO else [*ACCOUNTS[name].sim_flags, *ACCOUNTS[name].listing]
    account = f"ecs-sim {shlex.join(flags)}"
    if name == "modes" or (name != DEMO and ACCOUNTS[name].is_odd):
        account = f"{TOOL} --account {name} > account.json; ecs-sim --account account.json"
    if name == DEMO:
        account = f"ecs-sim {shlex.join(recorded_outputs.demo_account_flags())}"
    return (
        f"  it is in {now}\n  account: {account}\n"
        f"  command: prometheus-ecs-discovery {shlex.join(output.arguments)}\n"
        f"  or, with an older and a newer build: ECSD_BUILD=... {TOOL} --to DIRECTORY {name}"
    )


def _first_lines(was: Path, now: Path) -> str:
    """The beginning of the difference to a file that is recorded whole."""
    if not was.exists():
        return ""
    texts = [path.read_text(errors="replace").splitlines() for path in (was, now)]
    lines = difflib.unified_diff(*texts, str(was.relative_to(processes.REPOSITORY)), str(now), "", "", 1, "")
    return "\n".join(f"  {line[:300]}" for line in islice(lines, 20))


def make_twice(name: str) -> dict[str, Output]:
    """Made two times from the beginning; ValueError when the two differ."""
    made = []
    for _ in range(2):
        with tempfile.TemporaryDirectory() as directory:
            made.append(make(name, Path(directory)))
    differing = [key for key in made[0] if made[0][key] != made[1].get(key)]
    if differing or made[0].keys() != made[1].keys():
        raise ValueError(f"{name}: two runs gave different bytes of {', '.join(differing)}")
    return made[0]
