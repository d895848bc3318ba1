"""The manual page and the completion for bash say what --help says."""

from __future__ import annotations

import subprocess
import sys

import discovery_process
import processes

PACKAGING = processes.REPOSITORY / "packaging"
NAME = "prometheus-ecs-discovery"


def test_both_are_those_of_this_program(tmp_path):
    """If not: tools/make_manual.py build/dev/bin/prometheus-ecs-discovery packaging"""
    tool = processes.REPOSITORY / "tools" / "make_manual.py"
    subprocess.run([sys.executable, "-B", tool, discovery_process.binary(), tmp_path], check=True)
    for name in (f"{NAME}.1", f"{NAME}.bash"):
        assert (PACKAGING / name).read_text("utf-8") == (tmp_path / name).read_text("utf-8"), name


def completed(line: str) -> list[str]:
    """What bash offers for the last word of the line."""
    script = f"""
      source {PACKAGING / NAME}.bash
      COMP_WORDS=({line} "$1"); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
      _prometheus_ecs_discovery && printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    *words, last = line.split(" ")
    script = script.replace(f"({line} ", f"({' '.join(words)} ")
    done = subprocess.run(["bash", "-c", script, "bash", last], check=True, capture_output=True, text=True)
    return done.stdout.split()


def test_the_completion_knows_commands_flags_and_values():
    assert "doctor" in completed(f"{NAME} d")
    assert completed(f"{NAME} --config.clu") == ["--config.cluster"]
    assert completed(f"{NAME} -config.clu") == ["-config.cluster"]
    assert completed(f"{NAME} --log.format j") == ["json"]


def test_the_manual_page_has_no_mistakes_of_form():
    page = PACKAGING / f"{NAME}.1"
    command = ["groff", "-man", "-Tutf8", "-ww", "-z", str(page)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stderr == ""
