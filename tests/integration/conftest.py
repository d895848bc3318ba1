"""What every integration test gets: the built programs, and a promise that they are stopped."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

import discovery_process
import modes_account
import processes
from certificates import Authority
from discovery_process import QUICK, Daemon
from fault_account import FaultAccount
from prometheus_process import Prometheus
from sim_process import DATA, SimProcess
from target_file import expected_multiset, read_groups, wait_for_file
from web import Web

_MARKS = (
    "full: slow; part of the full run only",
    "sim(*flags, of=None): the flags of `sim` and `shared_sim`; without an account among them it is"
    " the plain one; `of` names the fixture of an account: a file, or what has write(path)",
    "output(name): the name of the file `output`",
)


def pytest_configure(config: pytest.Config) -> None:
    build = Path(os.environ.get("ECSD_BUILD", "build/dev"))
    os.environ["ECSD_BUILD"] = str(processes.REPOSITORY / build)
    for mark in _MARKS:
        config.addinivalue_line("markers", mark)


# Accounts and what they must give.


@pytest.fixture
def data() -> Path:
    """The directory of the conformance accounts."""
    return DATA


@pytest.fixture
def account() -> FaultAccount:
    """An account with tasks of every kind, some of which stop while others come."""
    return FaultAccount()


@pytest.fixture
def plain_targets() -> Counter:
    """The targets of the plain account, as as_multiset() gives those of a file."""
    return expected_multiset(json.loads((DATA / "targets-plain.json").read_text())["targets"])


# Simulators.


@pytest.fixture
def start_sim() -> Iterator[Callable[..., SimProcess]]:
    """start_sim("--account", FILE, ...) -> a running simulator."""
    started: list[SimProcess] = []

    def start(*args: object) -> SimProcess:
        started.append(SimProcess.start([str(arg) for arg in args]))
        return started[-1]

    yield start
    for sim in started:
        sim.stop()


def _sim_flags(request: pytest.FixtureRequest, directory: Path) -> list[str]:
    """What the nearest @pytest.mark.sim asks for."""
    mark = request.node.get_closest_marker("sim") or pytest.mark.sim().mark
    flags = [str(flag) for flag in mark.args]
    if of := mark.kwargs.get("of"):
        built = request.getfixturevalue(of)
        path = built if isinstance(built, Path) else built.write(directory / "account.json")
        return ["--account", str(path), *flags]
    if {"--account", "--seed"} & set(flags):
        return flags
    return ["--account", str(DATA / "account-plain.json"), *flags]


@pytest.fixture
def sim(
    request: pytest.FixtureRequest, start_sim: Callable[..., SimProcess], tmp_path: Path
) -> SimProcess:
    """The test's own simulator: of the plain account, or as @pytest.mark.sim(...) says."""
    return start_sim(*_sim_flags(request, tmp_path))


@pytest.fixture(scope="module")
def shared_sim(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SimProcess]:
    """One simulator for the whole module, as the module's mark `sim` says; a test that changes it
    changes it back."""
    with SimProcess.start(_sim_flags(request, tmp_path_factory.mktemp("account"))) as sim:
        yield sim


@pytest.fixture(scope="module")
def plain_sim() -> Iterator[SimProcess]:
    """One simulator of the plain account for a whole module, of which nothing is changed."""
    with SimProcess.start(["--account", str(DATA / "account-plain.json")]) as sim:
        yield sim


@pytest.fixture
def serve(start_sim: Callable[..., SimProcess], tmp_path: Path) -> Callable[..., SimProcess]:
    """serve(account, "--fault", ...) -> a simulator of an account that a test has built."""

    def start(account: modes_account.Account, *flags: str) -> SimProcess:
        return start_sim("--account", account.write(tmp_path / "account.json"), *flags)

    return start


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Issues the certificates of simulators and proxies that speak TLS."""
    return Authority(tmp_path_factory.mktemp("authority"), "ours")


# Files.


@pytest.fixture
def output(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The output file, which is not there yet, alone in its directory: targets.yml, or as
    @pytest.mark.output(name) says."""
    mark = request.node.get_closest_marker("output") or pytest.mark.output("targets.yml").mark
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / mark.args[0]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """The state file, which is not there yet, alone in its directory."""
    (tmp_path / "var").mkdir()
    return tmp_path / "var" / "state.db"


# The program.


@pytest.fixture
def environment(tmp_path: Path) -> Callable[..., dict[str, str]]:
    """environment({...}) -> a clean environment with these variables and a home of its own."""
    home = tmp_path / "home"
    home.mkdir()

    def build(*parts: dict[str, str]) -> dict[str, str]:
        merged = {name: value for part in parts for name, value in part.items()}
        return processes.clean_environment(home, merged)

    return build


@pytest.fixture
def discover(
    environment: Callable[..., dict[str, str]],
) -> Callable[..., discovery_process.Finished]:
    """discover(args, env) -> one finished run, made to end by -config.scrape-times 1."""

    def run(args: list, env: dict[str, str], **options: object) -> discovery_process.Finished:
        return discovery_process.run(
            ["-config.scrape-times", "1", *args], environment(env), **options
        )

    return run


@pytest.fixture
def outcomes(
    discover: Callable[..., discovery_process.Finished],
    environment: Callable[..., dict[str, str]],
    output: Path,
) -> Callable[..., tuple[dict, dict]]:
    """outcomes(sim, flags) -> what the file has and what explain says; nothing may go wrong."""

    def read(sim: SimProcess, flags: Sequence[object] = ()) -> tuple[dict, dict]:
        done = discover(["-config.write-to", output, *flags], sim.environment())
        assert (done.status, done.problems) == (0, [])
        said = discovery_process.explain(["--json", *flags], environment(sim.environment()))
        assert (said.status, said.problems) == (0, [])
        in_file = modes_account.outcomes_in_file(read_groups(output))
        return in_file, modes_account.outcomes_explained(said.stdout)

    return read


@pytest.fixture
def start_daemon(
    environment: Callable[..., dict[str, str]], tmp_path: Path
) -> Iterator[Callable[..., Daemon]]:
    """start_daemon(args, env) -> the program running in the background."""
    started: list[Daemon] = []

    def start(args: list, env: dict[str, str], **options: object) -> Daemon:
        log = tmp_path / f"daemon-{len(started)}.log"
        started.append(Daemon(args, environment(env), log, **options))
        return started[-1]

    yield start
    for daemon in started:
        daemon.stop()


@pytest.fixture
def discover_once(
    sim: SimProcess, discover: Callable[..., discovery_process.Finished], output: Path
) -> Callable[..., discovery_process.Finished]:
    """discover_once(*flags) -> one finished run of one refresh over `sim`, into `output`."""

    def run(*flags: object, **options: object) -> discovery_process.Finished:
        return discover(["-config.write-to", output, *flags], sim.environment(), **options)

    return run


@pytest.fixture
def start_quick(
    sim: SimProcess, start_daemon: Callable[..., Daemon], output: Path
) -> Callable[..., Daemon]:
    """start_quick(*flags, variables={}) -> the program refreshing five times a second over `sim`,
    into `output`."""

    def start(*flags: object, variables: dict[str, str] | None = None, **options: object) -> Daemon:
        env = sim.environment() | (variables or {})
        return start_daemon([*QUICK, "-config.write-to", output, *flags], env, **options)

    return start


@pytest.fixture
def daemon(start_quick: Callable[..., Daemon], output: Path) -> Daemon:
    """The same, with its first file written."""
    started = start_quick()
    wait_for_file(output)
    return started


@pytest.fixture
def start_web(start_daemon: Callable[..., Daemon], output: Path) -> Callable[..., Web]:
    """start_web(sim, flags) -> the program with its web server on a free port; it writes `output`,
    or `file` ("": no file)."""

    def start(
        sim: SimProcess,
        flags: Sequence[object] = (),
        listen: str = "127.0.0.1:0",
        file: Path | str = output,
        **options: object,
    ) -> Web:
        args = ["-config.write-to", file, "-web.listen-address", listen, *flags]
        return Web(start_daemon(args, sim.environment(), **options))

    return start


# What reads the targets, and what looks at the page.


@pytest.fixture
def start_prometheus(tmp_path: Path) -> Iterator[Callable[[str], Prometheus]]:
    """start_prometheus(configuration) -> a real Prometheus that is ready."""
    started: list[Prometheus] = []

    def start(configuration: str) -> Prometheus:
        started.append(Prometheus(configuration, tmp_path / f"prometheus-{len(started)}"))
        return started[-1]

    yield start
    for prometheus in started:
        prometheus.stop()


@pytest.fixture
def open_browser(tmp_path: Path) -> Iterator[Callable[..., object]]:
    """open_browser(url, dark=False, scripts=True) -> Chromium with an empty profile, at the page;
    without a URL, at none yet."""
    # Imported here, for it needs packages that only the tests of the page do.
    import browser

    started = []

    def start(url: str = "", **options: bool) -> object:
        profile = tmp_path / f"profile-{len(started)}"
        profile.mkdir()
        started.append(browser.start(profile, **options))
        if url:
            started[-1].get(url)
        return started[-1]

    yield start
    for driver in started:
        driver.quit()
