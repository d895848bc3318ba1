"""Every string of a target comes back as it was from the readers that people use: PyYAML, in Python
and in C, and Go's YAML inside a real Prometheus."""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from prometheus_process import Prometheus
from waiting import wait_until

LABELS = [
    "task_arn",
    "task_name",
    "job",
    "task_revision",
    "task_group",
    "cluster_arn",
    "container_name",
    "container_arn",
    "docker_image",
    "__metrics_path__",
    "__scheme__",
]

# What a reader of YAML 1.1 makes something else of, or refuses, unless it is quoted.
CHANGED_UNQUOTED = [
    *"yes No ON off true FALSE null Null ~ = << 7 -7 +7 007 0x1F 0b101 1_000 1.5 .5 5. +1.5".split(),
    *"1.5e+3 .inf -.INF .NaN 12:30 12:30:45 190:20:30.15 2026-01-02 2026-01-02T03:04:05Z".split(),
    *"&a *a !a |a 'a' \"a\" %a @a `a` [a] [a {a} {a ]a }a ,a #a a:".split(),
    *("2026-01-02 03:04:05 -5", "- a", "? a", "a: b", "a #b", " a", "a ", " "),
]

ALSO_ODD = [
    *("y", "N", "yEs", "nULL", "0o17", "1e5", "1E5", "inf", "+Infinity", "nan", "0x1p-2", "1,000"),
    *("4E_+7", "0_x1F", "+_0b1", "+_inf", "1__e5", "1e5_"),
    *("1.2.3", "10.0.0.1", ".", "..", "...", "+", "-", "--", "---", "_", "1_", "0_7", "2026-1-2"),
    *("- ", "-a", "?x=1", ":", "::", ": a", ":9090", "a::", "# a", "|", ">", "|a", ">-", "''"),
    *("'", '"', "\\", "a\\nb", '"a', "it's: a", "a\tb", "\t", "a\nb", "\n", "\r", "\r\n", "a\n\nb"),
    *(" \n ", "\0", "\a", "\x1b[31m", "\x7f", "\x80", "\x85", "a\x85b", "\x9f", "\xa0", "\xad"),
    *("caf\xe9", "\u2028", "a\u2029b", "\ufeff", "\ufeffa", "a\ufeff", "\ufffe", "\uffff", "\ufffd"),
    *("\U0001f433", "\U0001fffe", "\U0010ffff", "\u200b", "\u202e", "\ue000", "\ud7ff", "x" * 5000),
    *("word " * 300 + "end", "!!str a", "!!binary aGk=", "*alias", "<<: *a", "a: [b", "%YAML 1.1"),
]

SOUP = [*"ayn019.-+_,:#?[]{}&*!|>'\"%@`~=<\\/ \n\r\t$;^()", *ALSO_ODD[:60], *CHANGED_UNQUOTED]
NUMERIC = [*"0123456789", *"_.:-+,", "e", "E", "0x", "0b", "0o", "T", "Z", " "]


def random_strings(count: int, seed: int = 20240229) -> list[str]:
    """`count` strings, all of the odd ones above among them, none empty (an empty label is none)."""
    draw = random.Random(seed)
    alphabets: list[Callable[[], str]] = [
        lambda: draw.choice(SOUP),
        lambda: draw.choice(NUMERIC),
        lambda: chr(draw.randrange(0x80)),
        lambda: chr(draw.randrange(0x300)),
        lambda: chr(draw.choice([*range(0xD800), *range(0xE000, 0x10000)])),
        lambda: chr(draw.randrange(0x10000, 0x110000)),
    ]
    strings = [*CHANGED_UNQUOTED, *ALSO_ODD]
    while len(strings) < count:
        draw_one = draw.choice(alphabets[:4] if draw.random() < 0.97 else alphabets)
        strings.append("".join(draw_one() for _ in range(draw.randrange(1, 10))))
    draw.shuffle(strings)
    return strings


def targets_of(strings: list[str]) -> list[dict[str, str]]:
    """Targets whose addresses and labels are all of `strings`."""
    per_target = len(LABELS) + 1
    rows = [strings[i : i + per_target] for i in range(0, len(strings), per_target)]
    return [dict(zip(["address", *LABELS], row, strict=False)) for row in rows]


def groups_of(targets: list[dict[str, str]]) -> list[dict]:
    """What a reader of the file must see."""
    return [
        {
            "targets": [target["address"]],
            "labels": {name: target[name] for name in LABELS if name in target},
        }
        for target in targets
    ]


def render(targets: list[dict[str, str | bytes]], file_format: str) -> bytes:
    """The file's bytes, from our renderer."""

    def to_hex(value: str | bytes) -> str:
        return (value if isinstance(value, bytes) else value.encode()).hex()

    hexed = [{name: to_hex(value) for name, value in target.items()} for target in targets]
    program = Path(os.environ["ECSD_BUILD"]) / "bin" / "render-targets"
    finished = subprocess.run(
        [program, file_format], input=json.dumps(hexed).encode(), capture_output=True, timeout=60
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def read_unquoted(text: str) -> object:
    try:
        return yaml.safe_load(f"k: {text}\nz: end\n")["k"]
    except (yaml.YAMLError, ValueError, TypeError, KeyError) as error:
        return error


@pytest.mark.parametrize("text", CHANGED_UNQUOTED)
def test_the_odd_strings_are_odd(text: str) -> None:
    assert read_unquoted(text) != text


@pytest.mark.parametrize(
    "loader", [yaml.SafeLoader, yaml.CSafeLoader, yaml.FullLoader, yaml.CFullLoader]
)
def test_pyyaml_reads_every_string_back(loader: type) -> None:
    targets = targets_of(random_strings(12_000))

    text = render(targets, "yaml")

    assert yaml.load(text, Loader=loader) == groups_of(targets)
    values = sum(len(target) for target in targets)
    assert text.decode().count("\n") == values + 2 * len(targets), "not one line per scalar"


def test_json_readers_read_every_string_back() -> None:
    targets = targets_of(random_strings(12_000))

    text = render(targets, "json")

    assert json.loads(text) == groups_of(targets)
    assert len(text.decode().splitlines()) == len(targets) + 2, "not one line per group"


@pytest.mark.parametrize("file_format", ["yaml", "json"])
def test_bytes_that_are_not_utf8_become_replacement_characters(file_format: str) -> None:
    draw = random.Random(7)
    lead_or_any = [0xC2, 0xE0, 0xE2, 0xED, 0xEF, 0xF0, 0xF3, 0xF4, 0x80, 0xA0, 0xBF, 0x90, 0x41]
    raw = [
        bytes(
            draw.choice(lead_or_any) if draw.random() < 0.7 else draw.randrange(256)
            for _ in range(draw.randrange(1, 12))
        )
        for _ in range(5000)
    ]
    targets = [{"address": value, "job": value} for value in raw]

    text = render(targets, file_format)

    expected = [value.decode("utf-8", "replace") for value in raw]
    read = json.loads(text) if file_format == "json" else yaml.load(text, Loader=yaml.CSafeLoader)
    assert read == groups_of([{"address": value, "job": value} for value in expected])


def test_no_target_is_an_empty_list() -> None:
    assert render([], "yaml") == b"[]\n"
    assert render([], "json") == b"[]\n"


@pytest.mark.parametrize("file_format", ["yaml", "json"])
def test_prometheus_reads_every_string_back(
    file_format: str, tmp_path: Path, start_prometheus: Callable[[str], Prometheus]
) -> None:
    # Prometheus drops targets of bad addresses, and takes targets of equal labels for one. It
    # leaves the scheme and interval alone until it scrapes, which it does within a day.
    targets = [
        {**target, "address": "127.0.0.1:9", "container_arn": f"arn:{number}"}
        for number, target in enumerate(targets_of(random_strings(9_000, seed=11)))
    ]
    file = tmp_path / f"targets.{'yml' if file_format == 'yaml' else 'json'}"
    file.write_bytes(render(targets, file_format))

    prometheus = start_prometheus(
        f"""
global: {{scrape_interval: 1d}}
scrape_configs:
- job_name: ecs
  file_sd_configs: [{{files: ['{file}']}}]
"""
    )
    active = wait_until(prometheus.active_targets, "Prometheus to read the file")

    seen = {
        target["discoveredLabels"]["container_arn"]: {
            name: value for name, value in target["discoveredLabels"].items() if name in LABELS
        }
        for target in active
    }
    expected = {target["container_arn"]: groups_of([target])[0]["labels"] for target in targets}
    # The defaults of Prometheus for the one target at the end that has fewer labels.
    defaults = {"job": "ecs", "__metrics_path__": "/metrics", "__scheme__": "http"}
    assert seen == {arn: {**defaults, **labels} for arn, labels in expected.items()}
    assert len(active) == len(targets)
