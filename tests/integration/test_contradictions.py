"""Every call of AWS answered with every lie that has a meaning for it (see `ecs-sim --help`): to a running
program, to the first refresh over an older file, and to a restart with a state file. A known target of a
task that runs never leaves the file nor changes its address, but where AWS' word is all there is; what
is new comes soon after the lie ends; what has stopped goes.

`make test` runs each call and lie once, `make test-full` all of it.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass

import pytest
from fault_account import CLUSTERS, Part, arn, document
from fault_run import change, holds
from file_watch import FileWatch
from target_file import targets_by_task, wait_for_targets
from waiting import wait_until

pytestmark = [pytest.mark.sim(of="account"), pytest.mark.output("targets.json")]

LIES = {
    "DescribeTasks": ("other-item", "other-cluster", "wrong-parent", "conflicting-twins")
    + ("no-status", "unknown-status", "no-containers", "no-names", "stale", "wild-version")
    + ("less", "other-values", "no-version"),
    "DescribeContainerInstances": ("other-item", "other-cluster", "conflicting-twins"),
    "DescribeClusters": ("other-item", "conflicting-twins", "no-status", "unknown-status"),
    "DescribeTaskDefinition": ("other-item", "no-containers", "no-names"),
    "DescribeInstances": ("other-item", "conflicting-twins", "no-address", "dead-state"),
    "DescribeInstanceInformation": ("other-item", "conflicting-twins", "no-address"),
    "ListTasks": ("other-cluster",),
}
# A running program, the first refresh over a file, the first one after a restart with a state file.
MOMENTS = ("later", "first", "restart")
# What a few refreshes make at least one of so many times.
BEGINNINGS = (("ListClusters", 4), ("DescribeClusters", 4), ("ListTasks", 8))
OF_A_CLUSTER = ("ListTasks", "DescribeTasks", "DescribeContainerInstances")
# What a response says of addresses at an equal or a higher version is believed.
BELIEVED = ("other-values", "wild-version")


@dataclass(frozen=True)
class Case:
    """One field of the matrix."""

    action: str
    kind: str
    moment: str
    lasting: bool

    def __str__(self) -> str:
        often = "lasting" if self.lasting else "once"
        return f"{self.action}-{self.kind}-{self.moment}-{often}"

    @property
    def clusters(self) -> tuple[str, ...]:
        """DescribeClusters is asked when one cluster is chosen."""
        return CLUSTERS[:1] if self.action == "DescribeClusters" else CLUSTERS

    @property
    def fault(self) -> str:
        where = "@left" if self.lasting and self.action in OF_A_CLUSTER else ""
        return f"{self.action}{where}:{self.kind}" + ("" if self.lasting else ":1")

    @property
    def is_about_versions(self) -> bool:
        """Nothing contradicts such a lie about a task that is new, so it is believed."""
        return self.action == "DescribeTasks" and self.kind in (*BELIEVED, "stale")

    @property
    def is_believed(self) -> bool:
        """Even of known tasks; those that come from a file have no version."""
        return self.kind in BELIEVED or (self.kind == "stale" and self.moment == "first")

    @property
    def leaves_one_cluster_alone(self) -> bool:
        return "@left" in self.fault

    @property
    def flags(self) -> list[str]:
        # All tasks are described in each refresh, or no lie would be told of a known one.
        flags = ["-config.scrape-interval", "100ms", "-rediscover-within", "0s"]
        flags += ["-log.level", "debug", "-aws.rate-share", "1"]
        return [*flags, "-config.cluster", "left"] if len(self.clusters) == 1 else flags


FIELDS = [(action, kind) for action, kinds in LIES.items() for kind in kinds]
CASES = [Case(*f, *rest) for f, *rest in itertools.product(FIELDS, MOMENTS, (True, False))]


def sample() -> set[Case]:
    """Each call and lie once; the moments and the two ways of lying take turns."""
    turns = itertools.cycle(itertools.product((True, False, True), MOMENTS))
    return {Case(*field, moment, lasting) for field, (lasting, moment) in zip(FIELDS, turns)}


_SAMPLE = sample()
PARAMETERS = [
    pytest.param(case, id=str(case), marks=() if case in _SAMPLE else pytest.mark.full)
    for case in CASES
]


def test_the_sample_has_every_lie_and_every_moment():
    assert {(case.action, case.kind) for case in _SAMPLE} == set(FIELDS)
    assert {(case.moment, case.lasting) for case in _SAMPLE} == set(
        itertools.product(MOMENTS, (True, False))
    )


def holds_while(case, account):
    """What a FileWatch checks while this lie is told and after it."""
    if not case.is_about_versions:
        return holds(account, case.clusters)
    living = account.living(case.clusters)
    tasks = account.before(case.clusters).keys() | account.after(case.clusters).keys()

    def check(path):
        found = targets_by_task(path)
        assert found.keys() <= tasks, f"unknown: {found.keys() - tasks}"
        assert living.keys() <= found.keys(), f"lost: {living.keys() - found.keys()}"
        if not case.is_believed:
            moved = {task: found[task] for task in living if found[task] != living[task]}
            assert not moved, f"moved: {moved}"

    return check


def is_recovered(case, account, found):
    """A wild version is believed against lower ones for two minutes more: the right addresses of
    the tasks it was told of come then."""
    after = account.after(case.clusters)
    return found.keys() == after.keys() if case.kind == "wild-version" else found == after


def wait_for_refreshes(sim):
    """Returns after some refreshes. Where one cluster is chosen, it is not described in each of them, and
    not listed while its description is wrong."""
    before = sim.calls()

    def have_passed():
        now = sim.calls()
        return any(now.get(each, 0) >= before.get(each, 0) + count for each, count in BEGINNINGS)

    wait_until(have_passed, "refreshes", seen=sim.calls)


def wait_for_lies(sim, account, case, output):
    """Returns when the lie was told; the cluster that it spares moves on meanwhile."""
    wait_for_refreshes(sim)
    if case.leaves_one_cluster_alone:
        gone, come = account.stopping["right"], account.later[1].targets
        wait_for_targets(
            output,
            lambda found: gone not in found and come.items() <= found.items(),
            "the other cluster to move on",
        )


@pytest.mark.parametrize("case", PARAMETERS)
def test_no_target_is_lost_to_a_lie(case, account, sim, discover, start_daemon, output, tmp_path):
    before = account.before(case.clusters)
    args = [*case.flags, "-config.write-to", output]
    if case.moment == "restart":
        args += ["-state.path", tmp_path / "state.db"]

    def tell():
        sim.set_faults(case.fault)
        change(account, sim)

    if case.moment == "later":
        daemon = start_daemon(args, sim.environment())
        wait_for_targets(output, before, "the first file")
    else:
        assert discover(args, sim.environment()).status == 0
        assert targets_by_task(output) == before
    with FileWatch(output, holds_while(case, account)):
        tell()
        if case.moment != "later":
            daemon = start_daemon(args, sim.environment())
        wait_for_lies(sim, account, case, output)
        if case.moment == "restart":  # what it keeps in its state must not be the lie
            assert daemon.stop() == 0
            sim.set_faults()
            daemon = start_daemon(args, sim.environment())
            wait_for_refreshes(sim)
        sim.set_faults()
        wait_for_targets(output, lambda found: is_recovered(case, account, found), "the recovery")
    assert daemon.stop() == 0


@pytest.mark.full
def test_a_wild_version_locks_a_task_for_two_minutes_only(account, sim, start_daemon, output):
    args = ["-config.scrape-interval", "1s", "-rediscover-within", "0s", "-config.write-to", output]
    start_daemon(args, sim.environment())
    wait_for_targets(output, account.before(), "the first file")
    sim.set_faults("DescribeTasks:wild-version:1")
    wait_for_targets(output, lambda found: found != account.before(), "the wild version")
    wait_for_targets(output, account.before(), "the right addresses", timeout=240)


# One wrong response, and all targets.

MANY = 350


class ManyTasks:
    """350 tasks of one definition, and a definition without containers."""

    def __init__(self) -> None:
        parts = [Part("left", 1), Part("left", 2)]
        for part, _ in itertools.product(parts, range(MANY // len(parts))):
            part.add("FARGATE", "web")
        blank = {"taskDefinitionArn": arn("task-definition", "blank:1"), "family": "blank"}
        blank |= {"revision": 1, "networkMode": "awsvpc", "containerDefinitions": []}
        parts[0].definitions = [blank, parts[0].definitions[0]]
        parts[1].definitions = []
        self.targets = parts[0].targets | parts[1].targets
        self.document = document(*parts)


@pytest.mark.parametrize("with_state", [False, True])
def test_one_wrong_definition_loses_none_of_many_targets(
    with_state, start_sim, discover, start_daemon, output, tmp_path
):
    account = ManyTasks()
    path = tmp_path / "account.json"
    path.write_text(json.dumps(account.document))
    sim = start_sim("--account", path)
    args = ["-config.scrape-interval", "100ms", "-config.write-to", output]
    assert discover(args, sim.environment()).status == 0
    assert targets_by_task(output) == account.targets
    sim.set_faults("DescribeTaskDefinition:other-item:1")
    sim.reset()
    if with_state:  # a new one, so that the definition is asked for
        args += ["-state.path", tmp_path / "state.db"]

    def check(found_at):
        assert targets_by_task(found_at) == account.targets

    with FileWatch(output, check):
        daemon = start_daemon(args, sim.environment())
        wait_for_refreshes(sim)
        assert daemon.stop() == 0
        daemon = start_daemon(args, sim.environment())
        wait_for_refreshes(sim)
        assert daemon.stop() == 0
    assert sim.calls()["DescribeTaskDefinition"] >= 2  # the lie, and the truth
