#!/usr/bin/env python3
"""Runs this program and its peers on the same simulated account and writes what each of them costs.

For every size three scenarios, the programs in turn, so often as asked; medians and ratios:
  cold and steady   no limits: the first refresh, then refreshes with 1 % of the tasks replaced
  latency           a first refresh with 30 ms for every answer
  throttled         a first refresh under AWS's published token buckets
"""

from __future__ import annotations

import argparse
import dataclasses
import math
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from https_proxy import HttpsProxy, make_certificates
from measure import KEYS, Cycle, Cycles, Simulator, TooSlow
from programs import Ours, Program, install

HERE = Path(__file__).resolve().parent
REGION = "us-east-1"
LATENCY = 0.030
CHURN = 0.01


@dataclasses.dataclass
class Shape:
    """The account: tasks of all network modes, in clusters of equal size."""

    tasks: int
    clusters: int = 10

    @property
    def services(self) -> int:
        """With 1.25 definitions for each: 500 definitions at 10,000 tasks, 2,000 at 100,000."""
        return max(min(self.tasks // 25, 1600), self.clusters)

    def arguments(self) -> list[str]:
        return [
            *("--seed", "1", "--tasks", str(self.tasks), "--clusters", str(self.clusters)),
            *("--services", str(self.services)),
            "--no-port-ranges",  # the Go original ends at the first one
        ]

    def longest_chain(self) -> int:
        """Pages of the largest cluster's listing, which must be read one after the other."""
        return math.ceil(math.ceil(self.tasks / self.clusters) / 100)


# Written by hand, and kept when the results are written anew.
READING = "## How to read this"

USUAL_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")


def add_usual_authorities(bundle: Path) -> None:
    """Reading the about 140 authorities of a usual system is a part of what calls cost."""
    if USUAL_AUTHORITIES.exists():
        bundle.write_text(bundle.read_text() + USUAL_AUTHORITIES.read_text())


TITLE = """# What a refresh costs

Written by `make bench`; see [README.md](README.md) for what is measured. Numbers in brackets are how many times
ours they are.

"""


class Bench:
    def __init__(self, options: argparse.Namespace, programs: list[Program]) -> None:
        self.options = options
        self.programs = programs
        self.work = Path(tempfile.mkdtemp(prefix="ecsd-bench-"))
        self.by_proxy = options.proxy or any(program.needs_proxy for program in programs)
        if self.by_proxy:
            make_certificates(self.work, REGION)
            add_usual_authorities(self.work / "ca.pem")
        self.notes: list[str] = []

    def environment(self, program: Program, sim: Simulator, proxy: HttpsProxy | None) -> dict[str, str]:
        common = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.work),
            "AWS_ACCESS_KEY_ID": KEYS[0],
            "AWS_SECRET_ACCESS_KEY": KEYS[1],
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }
        if proxy is None:
            common["AWS_ENDPOINT_URL"] = sim.url
        else:
            ca = str(self.work / "ca.pem")
            common |= {"HTTPS_PROXY": proxy.url, "SSL_CERT_FILE": ca}
        return common | program.environment(self.work)

    def run(self, program: Program, shape: Shape, flags: list[str], steady: int) -> list[Cycle]:
        """The first refresh and `steady` more; fewer when the program is too slow, with a note."""
        arguments = [*shape.arguments(), *flags]
        if self.by_proxy:
            arguments += ["--tls.cert", str(self.work / "server.pem")]
            arguments += ["--tls.key", str(self.work / "server.key")]
            arguments += ["--plain-listen", "127.0.0.1:0"]
        folder = self.work / f"run-{time.monotonic_ns()}"
        folder.mkdir()
        program.interval = 3 + shape.tasks // (2500 if steady else 1)
        program.limits = "--published-limits" in flags
        cycles: list[Cycle] = []
        with Simulator(self.options.simulator, arguments) as sim:
            proxy = HttpsProxy(int(sim.url.rsplit(":", 1)[1])) if self.by_proxy else None
            running = Cycles(program, sim, folder, self.environment(program, sim, proxy))
            try:
                cycles.append(running.next(self.options.limit, first=True))
                for _ in range(steady):
                    sim.churn(max(int(shape.tasks * CHURN), 1))
                    cycles.append(running.next(self.options.limit, first=False))
            except TooSlow as error:
                what = " ".join(flags) or "without limits"
                self.notes.append(
                    f"{program.name}, {shape.tasks:,} tasks, {what}: gave up after "
                    f"{self.options.limit} s: {error}"
                )
            finally:
                running.stop()
                if proxy:
                    proxy.stop()
        return cycles

    def rows(self, shape: Shape, flags: list[str], steady: int) -> dict[str, list[list[Cycle]]]:
        """All runs of every program, in turn."""
        runs: dict[str, list[list[Cycle]]] = {program.name: [] for program in self.programs}
        for _ in range(self.options.runs):
            for program in self.programs:
                runs[program.name].append(self.run(program, shape, flags, steady))
        return runs


def median(cycles: list[Cycle]) -> Cycle | None:
    if not cycles:
        return None
    names = [field.name for field in dataclasses.fields(Cycle)]
    middle = {name: statistics.median(getattr(cycle, name) for cycle in cycles) for name in names}
    return Cycle(**middle)


def table(rows: list[tuple[str, Cycle | None]]) -> list[str]:
    """In Markdown; the numbers of the others in brackets are how many times ours they are."""
    ours = rows[0][1]
    lines = [
        "| program | wall | CPU (user + system) | peak memory | API calls | throttled | targets |",
        "|---|---|---|---|---|---|---|",
    ]

    def cell(text: str, value: float, own: float) -> str:
        return text if rows[0][1] is row or not own else f"{text} ({value / own:.1f}\u00d7)"

    for name, row in rows:
        if row is None or ours is None:
            lines.append(f"| {name} | - | - | - | - | - | - |")
            continue
        lines.append(
            f"| {name} | {cell(f'{row.wall:.2f} s', row.wall, ours.wall)} "
            f"| {cell(f'{row.cpu:.3f} s', row.cpu, ours.cpu)} "
            f"| {cell(f'{row.peak / 1e6:.1f} MB', row.peak, ours.peak)} "
            f"| {cell(f'{row.calls:.0f}', row.calls, ours.calls)} "
            f"| {row.throttled:.0f} | {row.targets:.0f} |"
        )
    return lines


def first_of(runs: dict[str, list[list[Cycle]]]) -> list[tuple[str, Cycle | None]]:
    return [(name, median([run[0] for run in each if run])) for name, each in runs.items()]


def later_of(runs: dict[str, list[list[Cycle]]]) -> list[tuple[str, Cycle | None]]:
    return [
        (name, median([cycle for run in each for cycle in run[1:]])) for name, each in runs.items()
    ]


def bucket_floor(resource: int, definitions: int) -> float:
    """The least seconds that the published buckets (burst, 20 a second) allow for these calls."""
    return max(resource - 100, definitions - 50, 0) / 20


def measure(bench: Bench, tasks: int) -> list[str]:
    shape = Shape(tasks)
    options = bench.options
    lines = [f"## {tasks:,} tasks in {shape.clusters} clusters", ""]
    runs = bench.rows(shape, [], options.steady)
    lines += ["### First refresh, no latency, no limits", "", *table(first_of(runs)), ""]
    lines += [f"### Later refreshes, {CHURN:.0%} of the tasks replaced before each", ""]
    lines += [*table(later_of(runs)), ""]
    latency = bench.rows(shape, ["--latency", f"{LATENCY * 1000:.0f}ms"], 0)
    floor = shape.longest_chain() * LATENCY
    lines += [f"### First refresh, {LATENCY * 1000:.0f} ms for every answer", ""]
    lines += [*table(first_of(latency)), ""]
    lines += [
        f"The longest chain of pages is {shape.longest_chain()} answers: {floor:.2f} s are the least.",
        "",
    ]
    if options.limits:
        limited = bench.rows(shape, ["--published-limits", "--latency", "30ms"], 0)
        lines += ["### First refresh under AWS's published limits, 30 ms for every answer", ""]
        lines += [*table(first_of(limited)), ""]
        definitions = shape.services * 5 // 4
        resource = 2 * math.ceil(tasks / 100)
        least = bucket_floor(resource, definitions)
        lines += [
            f"{resource} listing and describing calls and about {definitions} definitions need at "
            f"least {least:.1f} s under these limits.",
            "",
        ]
    return lines


def reading_of(results: Path | None) -> list[str]:
    """The section of existing results that people wrote."""
    if results is None or not results.exists():
        return []
    lines = results.read_text().splitlines()
    if READING not in lines:
        return []
    start = lines.index(READING)
    rest = lines[start + 1 :]
    end = next((i for i, line in enumerate(rest) if line.startswith("## ")), len(rest))
    return ["", *"\n".join(lines[start : start + 1 + end]).rstrip().split("\n")]


def machine() -> str:
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores ({model}), Linux {platform.release()}; load at the start: {load:.1f}"


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000], help="numbers of tasks")
    parser.add_argument("--build", type=Path, required=True, help="folder of the release build")
    parser.add_argument("--micro", type=Path, help="output of the micro benchmarks, to be part of the results")
    parser.add_argument("--output", type=Path, help="Markdown file to write; else standard output")
    parser.add_argument("--runs", type=int, default=1, help="runs of every program (default 1)")
    parser.add_argument("--steady", type=int, default=3, help="refreshes after the first (default 3)")
    parser.add_argument("--limit", type=int, default=120, help="seconds for one refresh (default 120)")
    parser.add_argument("--no-limits", dest="limits", action="store_false", help="leave out the throttled scenario")
    parser.add_argument("--proxy", action="store_true", help="through the HTTPS proxy, also where no program needs it")
    parser.add_argument("--no-peers", dest="peers", action="store_false", help="only this program")
    options = parser.parse_args()
    options.build = options.build.resolve()
    options.simulator = options.build / "bin" / "ecs-sim"
    return options


def main() -> int:
    options = parse()
    peers, missing = install(options.build / "peers", HERE / "peers") if options.peers else ([], [])
    programs = [Ours(options.build / "bin" / "prometheus-ecs-discovery"), *peers]
    bench = Bench(options, programs)
    lines = [f"{time.strftime('%Y-%m-%d')}, {machine()}.", ""]
    lines += [f"Left out: {line}" for line in missing] + ([""] if missing else [])
    try:
        for tasks in options.sizes:
            print(f"bench: {tasks} tasks ...", file=sys.stderr)
            lines += measure(bench, tasks)
    finally:
        shutil.rmtree(bench.work, ignore_errors=True)
    lines += [f"- {note}" for note in bench.notes]
    lines += reading_of(options.output)
    if options.micro:
        lines += ["", "## Micro benchmarks", "", "```", options.micro.read_text().strip(), "```"]
    text = TITLE + "\n".join(lines).rstrip() + "\n"
    if options.output:
        options.output.write_text(text)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
