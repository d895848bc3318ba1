"""The accounts whose output is recorded: every conformance account, and fifty of the simulator."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import modes_cases
import odd_accounts
from sim_process import DATA, SimProcess

SEEDED = 50
FIRST_ODD = 21
WHOLE_SEEDS = (1, 22, 31)
WEB_SEEDS = (1, 2, 22, 23, 31)
WHOLE_OUTPUTS = ("targets.yml", "targets.json", "targets.log", "explain", "explain.json")

RULES = {
    "dynamic": ["-config.dynamic-port-detection"],
    "filter": ["-config.filter-label", "com.example.team=team-0"],
    "filter-name": ["-config.filter-label", "PROMETHEUS_EXPORTER_PATH"],
    "filter-value": ["-config.filter-label", "TEAM=a=b"],
    "dynamic-filter": ["-config.dynamic-port-detection", "-config.filter-label", "PROMETHEUS_EXPORTER_PORT"],
    "labels": ["-config.path-label", "PROMETHEUS_EXPORTER_JOB_NAME", "-config.scheme-label", "TEAM"]
    + ["-config.job-name-label", "PROMETHEUS_EXPORTER_PATH"]
    + ["-config.server-name-label", "com.example.team"],
    "port-label": ["-config.port-label", "PROMETHEUS_DYNAMIC_EXPORT"],
    "cluster": ["-config.cluster", "cluster-000"],
}
ALWAYS = ("filter-name", "filter-value", "dynamic", "dynamic-filter", "labels", "port-label")
IN_TURN = ("dynamic", "filter", "labels", "filter-name", "dynamic-filter", "cluster", "port-label")


@dataclass(frozen=True)
class RecordedAccount:
    """An account, and what of its output is recorded."""

    name: str
    sim_flags: tuple[str, ...]  # of the simulator; for an odd account: of the one that it is made of
    rules: tuple[str, ...]  # of RULES, beside the default ones
    listing: tuple[str, ...] = ()  # flags that cut listings into other pages, which must not show
    is_odd: bool = False
    region: str = "us-east-1"
    whole: tuple[str, ...] = ()  # outputs that are recorded whole, not only as digests
    web: bool = False  # what is served is recorded, too

    @contextlib.contextmanager
    def simulated(self, directory: Path) -> Iterator[SimProcess]:
        """A simulator of the account; `directory` is for its account file."""
        flags = list(self.sim_flags)
        if self.is_odd or self.name == "modes":
            file = directory / "account.json"
            file.write_text(json.dumps(self.document()))
            flags = ["--account", str(file)]
        with SimProcess.start([*flags, *self.listing]) as sim:
            yield sim

    def document(self) -> dict:
        """The account in the form of an account file."""
        if self.name == "modes":
            account = modes_cases.build_account()
            modes_cases.add_anywhere(account)
            return account.document()
        with SimProcess.start(list(self.sim_flags)) as sim:
            account = sim.account()
        return odd_accounts.make_odd(account, self.name) if self.is_odd else account


def conformance_accounts() -> list[RecordedAccount]:
    """Those of tests/data, and the cases of every network mode."""
    files = [*sorted(DATA.glob("account-*.json")), *sorted((DATA / "cases").glob("*.json"))]
    accounts = []
    for file in files:
        name = file.stem.removeprefix("account-")
        whole = WHOLE_OUTPUTS + (("metrics",) if name == "plain" else ())
        flags = ("--account", str(file))
        accounts.append(RecordedAccount(name, flags, ALWAYS, whole=whole, web=True))
    return [*accounts, RecordedAccount("modes", (), ALWAYS, web=True)]


def seeded_account(seed: int) -> RecordedAccount:
    """Different in size, shape and region; from FIRST_ODD on odd."""
    tasks = 60 if seed in WHOLE_SEEDS else 60 + seed * 37 % 141
    region = "eu-central-1" if seed % 8 == 5 else "us-east-1"
    flags = ["--seed", seed, "--clusters", 1 + seed % 4, "--tasks", tasks, "--region", region]
    flags += ["--external", 4 + seed % 7] if seed % 3 == 0 else []
    flags += ["--services", 12 + seed % 11] if seed % 5 == 0 else []
    flags += ["--no-port-ranges"] if seed % 11 == 0 else []
    is_odd = seed >= FIRST_ODD
    return RecordedAccount(
        f"{'odd' if is_odd else 'seed'}-{seed:02}",
        tuple(str(flag) for flag in flags),
        (IN_TURN[seed % len(IN_TURN)],),
        listing=("--page-size", "7", "--empty-pages") if seed % 3 == 2 else (),
        is_odd=is_odd,
        region=region,
        whole=WHOLE_OUTPUTS if seed in WHOLE_SEEDS else (),
        web=seed in WEB_SEEDS,
    )


ACCOUNTS = {
    account.name: account
    for account in [*conformance_accounts(), *(seeded_account(n + 1) for n in range(SEEDED))]
}
