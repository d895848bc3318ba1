"""The alerts of a real Prometheus over failing discoveries: each fires when it should, and no other does.

A minute of the rules is a second here (alert_rules.py), as are the intervals of discovery and scrapes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import alert_rules
import modes_account
import processes
import pytest
from credential_places import build
from failing_fleet import Instance
from fault_account import CLUSTERS, Part, document
from modes_account import Container, interface
from prometheus_process import Prometheus
from waiting import wait_until
from wall_clock import WallClock, can_jump

CONFIGURATION = """
global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}
rule_files: ['{rules}']
scrape_configs:
  - job_name: prometheus
    static_configs: [{{targets: ['{itself}']}}]
"""
# The relabelling drops the targets themselves, which no machine of this test has.
DISCOVERIES = """
  - job_name: ecs-discovery
    static_configs:
{discoveries}
  - job_name: ecs
    file_sd_configs: [{{files: ['{file}', '{other}'], refresh_interval: 1s}}]
    http_sd_configs: [{{url: 'http://{lists}/sd', refresh_interval: 1s}}]
    relabel_configs: [{{action: drop, regex: '.*'}}]
"""
NEVER_COMPLETE = {"EcsDiscoveryNoCompleteRefresh"}


def write_account(path: Path, left: int = 12) -> Path:
    """Two clusters with targets and, as everywhere, a container that is none by choice."""
    parts = [Part(cluster, 1 + i) for i, cluster in enumerate(CLUSTERS)]
    for number in range(left):
        parts[0].add("FARGATE", f"web-{number}")
    for number in range(3):
        parts[1].add("FARGATE", f"db-{number}")
    parts[1].add("EC2", "instance")
    parts[1].add("FARGATE", "plain")
    parts[1].definitions[-1]["containerDefinitions"][0]["dockerLabels"] = {}
    path.write_text(json.dumps(document(*parts)))
    return path


def write_skipped(path: Path) -> Path:
    account = modes_account.Account()
    account.add("typo", [Container("invalid_port", label="metrics", interfaces=[interface("10.0.0.1")])])
    host = account.add_instance("10.0.1.7")
    account.add("unbound", [Container("no_binding")], mode="bridge", host=host)
    lost = account.add_container_instance("i-00000000000000bad")
    account.add("nowhere", [Container("no_instance_address")], mode="host", host=lost)
    account.add("fine", [Container("10.0.0.2:9102", interfaces=[interface("10.0.0.2")])])
    return account.write(path)


def write_unlabelled(path: Path) -> Path:
    account = modes_account.Account()
    account.add("plain", [Container("no_port_label", label=None, interfaces=[interface("10.0.0.1")])])
    return account.write(path)


def write_empty(path: Path) -> Path:
    path.write_text(json.dumps(document()))
    return path


class Fleet:
    """All the instances, and the simulators that they read."""

    def __init__(self, start_sim, directory: Path) -> None:
        self._start_sim = start_sim
        self._directory = directory
        self.instances: dict[str, Instance] = {}
        self._good = start_sim("--account", write_account(directory / "account.json"))

    def sim(self, write=write_account):
        account = self._directory / f"{write.__name__}.json"
        return self._start_sim("--account", write(account))

    def add(self, name: str, sim=None, environment: dict[str, str] | None = None, **rest) -> Instance:
        directory = self._directory / name
        directory.mkdir()
        whole = (sim or self._good).environment() | (environment or {})
        self.instances[name] = Instance(
            name, directory, processes.clean_environment(directory, whole), **rest
        )
        return self.instances[name]

    def add_faulty(self, name: str, faults: list[str], expected: set[str], **rest) -> Instance:
        """One with a simulator of its own that begins to give these faults."""
        sim = self.sim()
        return self.add(
            name, sim, expected=expected, fails=lambda: sim.set_faults(*faults), repair=sim.set_faults, **rest
        )

    def add_all(self) -> None:
        self.add("control")
        self._add_denied()
        self._add_processes()
        self._add_credentials()
        self._add_accounts()
        clock = WallClock(self._directory / "offset")
        if can_jump():
            self.add("clock", environment=clock.variables, expected={"EcsDiscoveryClockWrong"},
                     fails=lambda: clock.jump("+240"), repair=lambda: clock.jump("+0"))  # fmt: skip

    def _add_denied(self) -> None:
        denied = {"EcsDiscoveryAccessDenied", *NEVER_COMPLETE}
        sim = self.sim()
        self.add("cluster-denied", sim, expected=denied | {"EcsDiscoveryClusterStale"},
                 fails=lambda: sim.set_faults("ListTasks@left:denied"), repair=sim.set_faults)  # fmt: skip
        # Restarted over its file; the fault comes from the one before.
        again = self.add("never-read", sim, expected=denied | {"EcsDiscoveryClusterNeverRead"})
        again.fails, again.repair = again.restart, lambda: None
        self.add_faulty("list-denied", ["ListClusters:denied"], denied)
        stale = {"EcsDiscoveryClusterStale", *NEVER_COMPLETE}
        self.add_faulty("unreachable", ["*:reset"], {"EcsDiscoveryAwsUnreachable", *stale})
        self.add_faulty("errors", ["*:500"], {"EcsDiscoveryAwsErrors", *stale})
        self.add_faulty("throttled", ["ListTasks:throttle"], {"EcsDiscoveryThrottled", *stale})

    def _add_processes(self) -> None:
        dead = self.add("dead", expected={"EcsDiscoveryDown"})
        dead.fails, dead.repair = dead.kill, dead.start
        self.add("restarting", expected={"EcsDiscoveryRestarting"}).repair = lambda: None
        file = self.add("file", expected={"EcsDiscoveryFileNotWritten"})
        file.fails = lambda: shutil.rmtree(file.output.parent)
        file.repair = file.output.parent.mkdir
        other = self.add("held-back", flags=["-config.cluster", "left"],
                         expected={"EcsDiscoveryTargetsHeldBack", "EcsDiscoveryTargetsLost"})  # fmt: skip

        def select_another() -> None:
            other.flags = ["-config.cluster", "right"]
            other.restart()

        other.fails = select_another

    def _add_credentials(self) -> None:
        failing = {"EcsDiscoveryCredentialsFailing", *NEVER_COMPLETE}
        none = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
        self.add("no-credentials", environment=none, expected=failing | {"EcsDiscoveryNotReady"})
        sim = self.sim()
        home = self._directory / "container"
        home.mkdir()
        sim.set_faults("ContainerCredentials:expiring=20s")
        expiring = self.add("expiring", sim, expected={"EcsDiscoveryCredentialsExpiring"},
                            allowed=failing | {"EcsDiscoveryClusterStale"},
                            fails=lambda: sim.set_faults("ContainerCredentials:500"),
                            repair=sim.set_faults)  # fmt: skip
        expiring.environment = build(home, sim, ["container"])

    def _add_accounts(self) -> None:
        self.add("empty", self.sim(write_empty), expected={"EcsDiscoveryNoClusters"})
        self.add("unlabelled", self.sim(write_unlabelled), expected={"EcsDiscoveryNoTargets"})
        self.add("skipped", self.sim(write_skipped), expected={"EcsDiscoveryContainersSkipped"})

    def start(self) -> None:
        for instance in self.instances.values():
            instance.start()
        for instance in self.instances.values():
            if instance.name != "no-credentials":
                wait_until(instance.is_ready, f"{instance.name} to be ready")

    def stop(self) -> None:
        for instance in self.instances.values():
            instance.stop()

    def that_recover(self) -> list[Instance]:
        return [each for each in self.instances.values() if each.repair is not None]


@pytest.fixture
def fleet(start_sim, tmp_path):
    fleet = Fleet(start_sim, tmp_path)
    try:
        fleet.add_all()
        fleet.start()
        yield fleet
    finally:
        fleet.stop()


class Watch:
    """A Prometheus with the quick rules, and what fires there: pairs of a case and an alert."""

    def __init__(self, directory: Path, jobs: str = "") -> None:
        directory.mkdir()
        port = processes.free_port()
        rules = alert_rules.write_quick_rules(directory / "rules.yml")
        text = CONFIGURATION.format(rules=rules, itself=f"127.0.0.1:{port}") + jobs
        self.prometheus = Prometheus(text, directory, port)

    def firing(self) -> set[tuple[str, str]]:
        return self._pairs('ALERTS{alertstate="firing"}')

    def has_fired(self) -> set[tuple[str, str]]:
        return self._pairs('count_over_time(ALERTS{alertstate="firing"}[30m])')

    def reasons(self) -> set[str]:
        found = self.prometheus.query('ALERTS{alertname="EcsDiscoveryContainersSkipped"}')
        return {each["metric"]["reason"] for each in found}

    def _pairs(self, expression: str) -> set[tuple[str, str]]:
        found = [each["metric"] for each in self.prometheus.query(expression)]
        return {(each.get("case", each["job"]), each["alertname"]) for each in found}


@pytest.fixture
def watch(fleet, tmp_path):
    other = tmp_path / "other.yml"
    other.write_text("[]\n")
    lines = [
        f"      - {{targets: ['{each.address}'], labels: {{case: {each.name}}}}}"
        for each in fleet.instances.values()
    ]
    dead = fleet.instances["dead"]
    jobs = DISCOVERIES.format(
        discoveries="\n".join(lines), file=dead.output, other=other, lists=dead.address
    )
    watch = Watch(tmp_path / "prometheus", jobs)
    yield watch
    watch.prometheus.stop()


@pytest.fixture
def lonely(tmp_path):
    """A Prometheus that scrapes no discovery."""
    watch = Watch(tmp_path / "lonely")
    yield watch
    watch.prometheus.stop()


ALWAYS_FAILING = ("no-credentials", "empty", "unlabelled", "skipped")
OF_PROMETHEUS = {"EcsDiscoveryFileOld", "EcsDiscoveryFileSdErrors", "EcsDiscoveryHttpSdErrors"}


def expected_of(instances) -> set[tuple[str, str]]:
    return {(each.name, alert) for each in instances for alert in each.expected}


def restart_again_and_again(fleet: Fleet, watch: Watch) -> None:
    """Until the alert fires; each process lives until Prometheus has seen it."""
    instance = fleet.instances["restarting"]
    started = 'process_start_time_seconds{case="restarting"}'

    def value() -> list[str]:
        return [each["value"][1] for each in watch.prometheus.query(started)]

    while ("restarting", "EcsDiscoveryRestarting") not in watch.firing():
        before = value()
        instance.restart()
        wait_until(lambda: value() not in ([], before), "Prometheus to see the new process")


def check_annotations(fleet: Fleet, watch: Watch) -> None:
    addresses = {each.address for each in fleet.instances.values()}
    for alert in watch.prometheus.alerts():
        annotations = alert["annotations"]
        assert "<error" not in str(annotations) and "<no value>" not in str(annotations), annotations
        if alert["labels"]["job"] == "ecs-discovery":
            assert annotations["page"].removeprefix("http://").removesuffix("/") in addresses


def test_every_failure_has_its_alerts_and_health_has_none(fleet, watch, lonely, tmp_path):
    healthy = [each for each in fleet.instances.values() if each.name not in ALWAYS_FAILING]
    seen = 'ecs_discovery_refreshes_total{case="control"} > 8'
    wait_until(lambda: watch.prometheus.query(seen), "the control to be scraped for a while")
    assert {(case, alert) for case, alert in watch.has_fired() if case not in ALWAYS_FAILING} == set()

    for instance in healthy:
        instance.fails()
    (tmp_path / "other.yml").write_text("targets: [")
    restart_again_and_again(fleet, watch)
    expected = expected_of(fleet.instances.values()) | {("prometheus", each) for each in OF_PROMETHEUS}

    def unfired() -> set[tuple[str, str]]:
        return expected - watch.has_fired()

    wait_until(lambda: not unfired(), "every alert", timeout=180, seen=unfired)
    check_annotations(fleet, watch)
    assert watch.reasons() == {"invalid_port", "no_binding", "no_instance_address"}
    wait_until(
        lambda: lonely.has_fired() == {("ecs-discovery", "EcsDiscoveryAbsent")}, "the absence to be seen"
    )

    (tmp_path / "other.yml").write_text("[]\n")
    for instance in fleet.that_recover():
        instance.repair()
    repaired = {each.name for each in fleet.that_recover()} | {"prometheus"}

    def left() -> set[tuple[str, str]]:
        return {(case, alert) for case, alert in watch.firing() if case in repaired}

    wait_until(lambda: not left(), "the alerts to end", timeout=180, seen=left)
    allowed = {(each.name, alert) for each in fleet.instances.values() for alert in each.allowed}
    assert watch.has_fired() - allowed == expected
    named = {rule["alert"] for rule in alert_rules.all_rules()} - {"EcsDiscoveryAbsent"}
    assert {alert for _, alert in expected} == named

