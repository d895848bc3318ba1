"""What every integration test gets: the built programs, and a promise that they are stopped."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

import discovery_process
import modes_account
import processes
import web
from prometheus_process import Prometheus
from sim_process import SimProcess

DATA = processes.REPOSITORY / "tests" / "data"


def pytest_configure(config: pytest.Config) -> None:
    build = Path(os.environ.get("ECSD_BUILD", "build/dev"))
    os.environ["ECSD_BUILD"] = str(processes.REPOSITORY / build)
    config.addinivalue_line("markers", "full: slow; part of the full run only")


@pytest.fixture
def data() -> Path:
    """The directory of the conformance accounts."""
    return DATA


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


@pytest.fixture(scope="module")
def plain_sim() -> Iterator[SimProcess]:
    """One simulator of the plain account for a whole module, of which nothing is changed."""
    with SimProcess.start(["--account", str(DATA / "account-plain.json")]) as sim:
        yield sim


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
def serve(start_sim: Callable[..., SimProcess], tmp_path: Path) -> Callable[..., SimProcess]:
    """serve(account, "--fault", ...) -> a simulator of an account that a test has built."""

    def start(account: modes_account.Account, *flags: str) -> SimProcess:
        return start_sim("--account", account.write(tmp_path / "account.json"), *flags)

    return start


@pytest.fixture
def outcomes(
    discover: Callable[..., discovery_process.Finished],
    environment: Callable[..., dict[str, str]],
    tmp_path: Path,
) -> Callable[..., tuple[dict, dict]]:
    """outcomes(sim, flags) -> what the file has and what explain says; nothing may go wrong."""

    def read(sim: SimProcess, flags: Sequence[object] = ()) -> tuple[dict, dict]:
        output = tmp_path / "targets.json"
        done = discover(["-config.write-to", output, *flags], sim.environment())
        assert (done.status, done.problems) == (0, [])
        said = discovery_process.explain(["--json", *flags], environment(sim.environment()))
        assert (said.status, said.problems) == (0, [])
        in_file = modes_account.outcomes_in_file(discovery_process.read_groups(output))
        return in_file, modes_account.outcomes_explained(said.stdout)

    return read


@pytest.fixture
def start_daemon(
    environment: Callable[..., dict[str, str]], tmp_path: Path
) -> Iterator[Callable[..., discovery_process.Daemon]]:
    """start_daemon(args, env) -> the program running in the background."""
    started: list[discovery_process.Daemon] = []

    def start(args: list, env: dict[str, str], **options: object) -> discovery_process.Daemon:
        log = tmp_path / f"daemon-{len(started)}.log"
        started.append(discovery_process.Daemon(args, environment(env), log, **options))
        return started[-1]

    yield start
    for daemon in started:
        daemon.stop()


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
def start_web(
    start_daemon: Callable[..., discovery_process.Daemon], tmp_path: Path
) -> Callable[..., web.Web]:
    """start_web(sim, flags) -> the program with its web server on a free port."""
    return web.starter(start_daemon, tmp_path)


@pytest.fixture
def open_browser(tmp_path: Path) -> Iterator[Callable[..., object]]:
    """open_browser(dark=False, scripts=True) -> Chromium with an empty profile."""
    # Imported here, for it needs packages that only the tests of the page do.
    import browser

    started = []

    def start(**options: bool) -> object:
        profile = tmp_path / f"profile-{len(started)}"
        profile.mkdir()
        started.append(browser.start(profile, **options))
        return started[-1]

    yield start
    for driver in started:
        driver.quit()
