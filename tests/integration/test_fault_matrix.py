"""Every call of AWS struck by every fault, once or for ever, in the first refresh after a start with an
older file or in a later one: no target of a running task ever leaves the file, no other cluster is held
up, everything recovers by itself, and the log says it once.

`make test` runs a fixed sample with every call and every fault in it, `make test-full` all of it.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter
from dataclasses import dataclass

import pytest
from fault_account import CLUSTERS, ROLE
from fault_run import change, holds
from file_watch import FileWatch
from target_file import wait_for_targets
from waiting import wait_until

pytestmark = [pytest.mark.sim(of="account"), pytest.mark.output("targets.json")]

ACTIONS = ("ListClusters", "DescribeClusters", "ListTasks", "DescribeTasks")
ACTIONS += ("DescribeTaskDefinition", "DescribeContainerInstances", "DescribeInstances")
ACTIONS += ("DescribeInstanceInformation", "AssumeRole")
KINDS = ("throttle", "500", "503", "reset", "truncated", "garbage", "html", "empty-body")
KINDS += ("wrong-type", "hang", "expired", "denied", "missing", "empty-list", "empty-page")
KINDS += ("duplicate-item", "repeated-token")
# Without these nothing else is known, so nothing can move while they fail.
FIRST_OF_ALL = ("ListClusters", "AssumeRole")
# Faults of these can be kept to one cluster.
OF_A_CLUSTER = ("ListTasks", "DescribeTasks", "DescribeContainerInstances")
SAMPLE = 44


@dataclass(frozen=True)
class Case:
    """One field of the matrix."""

    action: str
    kind: str
    lasting: bool
    first: bool

    def __str__(self) -> str:
        return "-".join(
            [self.action, self.kind, "lasting" if self.lasting else "once"]
            + ["first" if self.first else "later"]
        )

    @property
    def clusters(self) -> tuple[str, ...]:
        """DescribeClusters is asked when one cluster is chosen."""
        return CLUSTERS[:1] if self.action == "DescribeClusters" else CLUSTERS

    @property
    def others_move(self) -> bool:
        """Whether the right cluster has to move on while the fault is there."""
        return self.action not in FIRST_OF_ALL and "right" in self.clusters

    @property
    def faults(self) -> list[str]:
        where = "@left" if self.lasting and self.action in OF_A_CLUSTER else ""
        if self.action == "DescribeTaskDefinition" and self.lasting:
            where = "@left-new-fargate"
        count = "" if self.lasting else ":1"
        struck = [f"{self.action}{where}:{self.kind}{count}"]
        if self.action == "AssumeRole":
            struck.append("ListClusters:expired:1")  # makes the program ask for keys again
        return struck

    @property
    def flags(self) -> list[str]:
        # A call that hangs ends by itself; throttled ones share what is left of a bucket with the
        # others, which need three or four turns of half a second.
        timeout = {"hang": "2s", "throttle": "6s"}.get(self.kind, "20s")
        flags = ["-config.scrape-interval", "100ms", "-log.level", "debug"]
        flags += ["-refresh-timeout", timeout]
        flags += ["-aws.call-timeout", "400ms" if self.kind == "hang" else "20s"]
        if self.action == "DescribeClusters":
            flags += ["-config.cluster", "left"]
        if self.action == "AssumeRole":
            flags += ["-config.role-arn", ROLE]
        return flags


CASES = [Case(*each) for each in itertools.product(ACTIONS, KINDS, (False, True), (False, True))]


def sample() -> set[Case]:
    """The same ones every time; each action and each kind is among them."""
    shuffled = random.Random(5).sample(CASES, len(CASES))
    chosen: dict[Case, None] = {}
    for attribute in ("action", "kind", "action", "kind"):
        for value in dict.fromkeys(getattr(case, attribute) for case in CASES):
            left = (case for case in shuffled if getattr(case, attribute) == value)
            chosen[next(case for case in left if case not in chosen)] = None
    for case in shuffled:
        if len(chosen) >= SAMPLE:
            break
        chosen[case] = None
    return set(chosen)


_SAMPLE = sample()
PARAMETERS = [
    pytest.param(case, id=str(case), marks=() if case in _SAMPLE else pytest.mark.full)
    for case in CASES
]


def test_the_sample_has_every_call_and_every_fault():
    assert {case.action for case in _SAMPLE} == set(ACTIONS)
    assert {case.kind for case in _SAMPLE} == set(KINDS)


def wait_for_refreshes(sim, case):
    """Returns after some refreshes with a fault that lasts."""
    # A refresh begins with one of these; where it fails, it is tried several times in each.
    beginnings = {"ListClusters": 3, "ListTasks": 8} | {case.action: 9}
    before = sim.calls()
    wait_until(
        lambda: any(
            sim.calls().get(action, 0) >= before.get(action, 0) + count
            for action, count in beginnings.items()
        ),
        "refreshes",
        seen=sim.calls,
        timeout=90,
    )


def check_log(daemon, case):
    """No complaint is there twice. Where time runs out, it runs out in several ways that take turns;
    there only what is said of a cluster counts."""
    complaints: Counter = Counter()
    for fields in daemon.log:
        counts = "cluster" in fields or case.kind not in ("throttle", "hang")
        if counts and fields["level"] in ("warn", "error"):
            complaints[fields["msg"], fields.get("cluster")] += 1
    assert [each for each, count in complaints.items() if count > 1] == [], daemon.stderr


def wait_for_the_others(account, case, output):
    """Returns when the file has what is new in the cluster that nothing has struck."""
    gone, come = account.stopping["right"], account.later[1].targets
    if case.action in ("DescribeInstances", "DescribeInstanceInformation"):
        come = dict(list(come.items())[:1])  # only that on Fargate
    wait_for_targets(
        output,
        lambda found: gone not in found and come.items() <= found.items(),
        "the other cluster to move on",
    )


@pytest.mark.parametrize("case", PARAMETERS)
def test_no_target_is_lost(case, account, sim, discover, start_daemon, output):
    before, after = account.before(case.clusters), account.after(case.clusters)
    args = [*case.flags, "-config.write-to", output]
    if case.first:
        patient = ["-refresh-timeout", "60s", "-aws.call-timeout", "30s"]  # the last one counts
        assert discover([*args, *patient], sim.environment()).status == 0
        sim.set_faults(*case.faults)
        change(account, sim)
    daemon = start_daemon(args, sim.environment())
    if not case.first:
        wait_for_targets(output, before, "the first file")
    with FileWatch(output, holds(account, case.clusters)):
        if not case.first:
            sim.set_faults(*case.faults)
            change(account, sim)
        if case.lasting:
            wait_for_refreshes(sim, case)
            if case.others_move:
                wait_for_the_others(account, case, output)
            check_log(daemon, case)
            sim.set_faults()
        wait_for_targets(output, after, "the recovery")
    check_log(daemon, case)
    assert daemon.stop() == 0


def pair_of_faults(number: int) -> list[str]:
    """Two faults at once. Not among them: AWS saying of a running task that it is MISSING, which is
    believed when no listing has it either."""
    dice = random.Random(number)
    believed = {("DescribeTasks", "missing"), ("DescribeClusters", "missing")}
    fields = [each for each in itertools.product(ACTIONS[:-1], KINDS) if each not in believed]
    return [f"{action}:{kind}" for action, kind in dice.sample(fields, 2)]


@pytest.mark.parametrize(
    "number",
    [pytest.param(each, marks=() if each < 6 else pytest.mark.full) for each in range(150)],
)
def test_no_target_is_lost_to_two_faults_at_once(number, account, sim, start_daemon, output):
    faults = pair_of_faults(number)
    args = ["-config.scrape-interval", "100ms", "-refresh-timeout", "2s"]
    args += ["-aws.call-timeout", "400ms", "-config.write-to", output]
    daemon = start_daemon(args, sim.environment())
    wait_for_targets(output, account.before(), "the first file")
    with FileWatch(output, holds(account, CLUSTERS)):
        sim.set_faults(*faults)
        change(account, sim)
        sim.wait_for_refreshes(4)
        sim.set_faults()
        wait_for_targets(output, account.after(), f"the recovery from {faults}")
    assert daemon.stop() == 0


@pytest.fixture
def args(output):
    return ["-config.scrape-interval", "100ms", "-config.write-to", output]


def test_an_absent_cluster_that_cannot_be_confirmed_stays(
    account, sim, start_daemon, output, args
):
    start_daemon(args, sim.environment())
    wait_for_targets(output, account.before(), "the first file")
    with FileWatch(output, holds(account, CLUSTERS)):
        sim.set_faults("ListClusters:missing", "DescribeClusters:denied")
        change(account, sim)
        wait_for_targets(
            output, lambda found: account.stopping["right"] not in found, "the listed one to move"
        )
        sim.set_faults()
        wait_for_targets(output, account.after(), "the recovery")


def test_a_deleted_cluster_leaves_the_file_and_so_does_the_last_one(
    account, sim, start_daemon, output, args
):
    start_daemon(args, sim.environment())
    wait_for_targets(output, account.before(), "the first file")
    sim.remove_cluster("right")
    wait_for_targets(output, account.before(("left",)), "one cluster less")
    sim.remove_cluster("left")
    wait_for_targets(output, {}, "no target at all")
