"""A real Prometheus reads the file, scrapes every target, and follows changes."""

from __future__ import annotations

import json
import re
from collections import Counter

import processes
import pytest
from prometheus_process import promtool
from target_file import read_groups
from waiting import wait_until

SCRAPE_CONFIG = """
global:
  scrape_interval: 1s
  scrape_timeout: 1s
scrape_configs:
  - job_name: ecs
    file_sd_configs:
      - files: ['{path}']
"""
# What Prometheus itself adds to a target or sets by default.
ADDED = {"__address__", "__meta_filepath", "__scrape_interval__", "__scrape_timeout__"}


@pytest.fixture
def exporters(start_sim):
    """A simulator with exporters. Their addresses follow from the seed, so that a second run of
    these tests on the same machine needs another one."""
    for seed in range(20, 30):
        try:
            return start_sim("--seed", seed, "--clusters", 2, "--tasks", 40, "--exporters")
        except RuntimeError as failure:
            refused = failure
    raise refused


def discover_once(discover, sim, output):
    done = discover(["-config.write-to", output], sim.environment())
    assert (done.status, done.problems) == (0, [])
    return read_groups(output)


def wait_until_all_up(prometheus, count):
    def all_up():
        healths = [target["health"] for target in prometheus.active_targets()]
        return len(healths) == count and set(healths) == {"up"}

    wait_until(all_up, f"{count} targets to be up")


@pytest.mark.parametrize("suffix", ["yml", "json"])
def test_every_target_is_up(suffix, exporters, discover, start_prometheus, tmp_path):
    output = tmp_path / "sd" / f"targets.{suffix}"
    output.parent.mkdir()
    groups = discover_once(discover, exporters, output)
    assert len(groups) > 20

    prometheus = start_prometheus(SCRAPE_CONFIG.format(path=output))

    wait_until_all_up(prometheus, len(groups))
    wait_until(
        lambda: [each["value"][1] for each in prometheus.query("count(up == 1)")]
        == [str(len(groups))],
        "all to be up at one moment",
    )


def test_labels_job_path_and_scheme_are_honoured(
    exporters, discover, start_prometheus, output
):
    groups = discover_once(discover, exporters, output)

    prometheus = start_prometheus(SCRAPE_CONFIG.format(path=output))

    wait_until_all_up(prometheus, len(groups))
    seen = Counter(
        (target["scrapeUrl"], tuple(sorted(target["labels"].items())))
        for target in prometheus.active_targets()
    )
    assert seen == Counter(as_prometheus_shows(group) for group in groups)
    assert len({group["labels"].get("job") for group in groups}) > 1
    assert len({group["labels"].get("__metrics_path__") for group in groups}) > 1


def as_prometheus_shows(group):
    """Scrape URL and series labels that Prometheus must make of a group."""
    (address,) = group["targets"]
    labels = group["labels"]
    scheme = labels.get("__scheme__", "http")
    url = f"{scheme}://{address}{labels.get('__metrics_path__', '/metrics')}"
    shown = {name: value for name, value in labels.items() if not name.startswith("__")}
    shown = {"job": "ecs", "instance": address, **shown}
    return url, tuple(sorted(shown.items()))


def test_a_stopped_task_leaves_prometheus_when_the_file_is_rewritten(
    exporters, discover, start_prometheus, output
):
    groups = discover_once(discover, exporters, output)
    prometheus = start_prometheus(SCRAPE_CONFIG.format(path=output))
    wait_until_all_up(prometheus, len(groups))
    gone = groups[0]["labels"]["task_arn"]

    exporters.stop_task(gone)
    left = discover_once(discover, exporters, output)

    assert 0 < len(left) < len(groups)
    wait_until_all_up(prometheus, len(left))
    arns = {target["labels"]["task_arn"] for target in prometheus.active_targets()}
    assert arns == {group["labels"]["task_arn"] for group in groups} - {gone}


@pytest.mark.parametrize("suffix", ["yml", "json"])
def test_prometheus_reads_the_same_labels_that_we_wrote(
    suffix, data, start_sim, discover, tmp_path
):
    sim = start_sim("--account", data / "account-edge.json")
    output = tmp_path / f"targets.{suffix}"
    discover_once(discover, sim, output)
    config = tmp_path / "prometheus.yml"
    config.write_text(SCRAPE_CONFIG.format(path=output))

    done = promtool("check", "service-discovery", "--timeout=2s", config, "ecs")

    found = [each["discoveredLabels"] for each in json.loads(done.stdout)]
    read = Counter((each["__address__"], own_labels(each)) for each in found)
    expected = json.loads((data / "targets-edge.json").read_text())["targets"]
    assert read == Counter(
        (each["target"], own_labels({"job": "ecs"} | each["labels"])) for each in expected
    )


def own_labels(labels):
    with_defaults = {"__metrics_path__": "/metrics", "__scheme__": "http"} | labels
    return tuple(sorted((k, v) for k, v in with_defaults.items() if k not in ADDED))


def documented_configurations():
    """The Prometheus configurations that README.md and docs/ tell people to use."""
    documents = [processes.REPOSITORY / "README.md"]
    documents += sorted((processes.REPOSITORY / "docs").glob("*.md"))
    return [
        pytest.param(block, id=f"{path.name}-{number}")
        for path in documents
        if path.exists()
        for number, block in enumerate(yaml_blocks(path.read_text()))
        if "file_sd_configs" in block
    ]


def yaml_blocks(text):
    """Fenced yaml blocks, without the indentation that they share (they may be in a list)."""
    blocks = re.findall(r"^( *)```yaml\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
    return [re.sub(rf"^{indent}", "", block, flags=re.MULTILINE) for indent, block in blocks]


def test_the_documentation_shows_a_configuration():
    assert documented_configurations()


@pytest.mark.parametrize("configuration", documented_configurations())
def test_promtool_accepts_the_documented_configuration(configuration, tmp_path):
    config = tmp_path / "prometheus.yml"
    config.write_text(configuration)

    done = promtool("check", "config", "--lint-fatal", config)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("configuration", documented_configurations())
def test_the_documented_relabelling_merges_no_targets(
    configuration, data, plain_sim, discover, output, tmp_path
):
    groups = discover_once(discover, plain_sim, output)
    config = tmp_path / "prometheus.yml"
    own_file, replaced = re.subn(r"[^\s\[\]'\"]*/ecs_file_sd\.yml", str(output), configuration)
    assert replaced == 1
    config.write_text(own_file)
    job = re.search(r"job_name: *(\S+)", configuration)[1]

    done = promtool("check", "service-discovery", "--timeout=2s", config, job)

    kept = {tuple(sorted(each["labels"].items())) for each in json.loads(done.stdout)}
    assert len(kept) == len(groups)
