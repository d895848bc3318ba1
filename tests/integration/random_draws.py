"""What is left to chance in a run of random faults: the faults of each round, and how programs start."""

from __future__ import annotations

import random
from dataclasses import dataclass

import wall_clock
from fault_account import ROLE

CALLS = ("ListClusters", "DescribeClusters", "ListTasks", "DescribeTasks")
CALLS += ("DescribeTaskDefinition", "DescribeContainerInstances", "DescribeInstances")
CALLS += ("DescribeInstanceInformation", "AssumeRole", "*")
OF_A_CLUSTER = ("ListTasks", "DescribeTasks", "DescribeContainerInstances")
KINDS = ("500", "503", "reset", "truncated", "garbage", "html", "empty-body", "wrong-type", "hang")
KINDS += ("expired", "denied", "400", "401", "403", "404", "slow=700ms", "slow=50ms", "throttle")
KINDS += ("empty-page", "duplicate-item", "repeated-token")
# The most dangerous ones: answers that look whole.
KINDS += ("missing", "empty-list") * 3
# What AWS itself says of a thing that is gone. Of a task or cluster that no listing has it is
# believed, so it does not come together with a listing that is not whole, nor soon after one.
BELIEVED = ("DescribeTasks:missing", "DescribeClusters:missing", "*:missing")
BENT = ("ListTasks:missing", "ListTasks:empty-list", "ListClusters:missing")
BENT += ("ListClusters:empty-list", "*:missing", "*:empty-list")
# An instance without an address is asked for again at growing intervals, which takes minutes.
SLOW_TO_MEND = {
    f"{action}:{kind}"
    for action in ("DescribeInstances", "DescribeInstanceInformation", "*")
    for kind in ("missing", "empty-list", "empty-page", "wrong-type")
} | {"DescribeInstanceInformation:denied", "*:denied"}


class FaultDice:
    """Draws the faults of a round."""

    def __init__(self, dice: random.Random, throttles: bool) -> None:
        self._dice = dice
        self._kinds = [kind for kind in KINDS if throttles or kind != "throttle"]
        self._bent = False
        self._believed = False

    def draw(self) -> list[str]:
        faults = [self._one() for _ in range(self._dice.choice((1, 1, 2, 2, 3, 5)))]
        if self._bent or _any_of(BENT, faults):
            faults = [each for each in faults if not _any_of(BELIEVED, [each])]
        if self._believed:
            faults = [each for each in faults if not _any_of(BENT, [each])]
        self._bent = _any_of(BENT, faults)
        self._believed = _any_of(BELIEVED, faults)
        return faults

    def settle(self) -> None:
        """Complete refreshes have been made since."""
        self._bent = self._believed = False

    def _one(self) -> str:
        action, kind = self._dice.choice(CALLS), self._dice.choice(self._kinds)
        if f"{action}:{kind}" in SLOW_TO_MEND:
            return self._one()
        where = self._dice.choice(("", "", "@left", "@right")) if action in OF_A_CLUSTER else ""
        count = self._dice.choice(("", "", f":{self._dice.randint(1, 9)}"))
        return f"{action}{where}:{kind}{count}"


def _any_of(these: tuple[str, ...], faults: list[str]) -> bool:
    """Whether a fault is one of `these`, in whatever cluster and for however long."""
    for fault in faults:
        action, kind = fault.split(":")[:2]
        if f"{action.split('@')[0]}:{kind}" in these:
            return True
    return False


@dataclass(frozen=True)
class Ways:
    """How the programs of a run are started."""

    role: bool
    one_cluster: bool
    state: bool
    web: bool
    throttles: bool
    jumps: bool  # the wall clock does
    suffix: str
    sim_flags: tuple[str, ...]

    @classmethod
    def draw(cls, dice: random.Random) -> Ways:
        def now_and_then(often: float) -> bool:
            return dice.random() < often

        flags = ["--session-lifetime", dice.choice(("3600s", "20s", "5s"))]
        flags += ["--page-size", dice.choice(("100", "2", "3"))]
        flags += ["--empty-pages"] if now_and_then(0.3) else []
        return cls(
            role=now_and_then(0.5),
            one_cluster=now_and_then(0.25),
            state=now_and_then(0.6),
            web=now_and_then(0.5),
            throttles=now_and_then(0.3),
            jumps=now_and_then(0.4) and wall_clock.can_jump(),
            suffix=dice.choice((".json", ".yml")),
            sim_flags=tuple(flags),
        )

    @property
    def flags(self) -> list[str]:
        flags = ["-config.cluster", "left"] if self.one_cluster else []
        return [*flags, "-config.role-arn", ROLE] if self.role else flags

    @property
    def begins_with(self) -> str:
        """The call with which a refresh begins."""
        return "DescribeClusters" if self.one_cluster else "ListClusters"
