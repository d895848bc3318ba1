#!/usr/bin/env python3
"""Writes the manual page and the completion for bash out of what the program prints for --help.

Usage: make_manual.py PROGRAM DIRECTORY. Writes prometheus-ecs-discovery.1 and
prometheus-ecs-discovery.bash into DIRECTORY. Both are kept in packaging/, since a program for another
processor cannot be asked while it is being built; a test compares them with the program.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

NAME = "prometheus-ecs-discovery"
FLAG = re.compile(r"  -(\S+)(?: (\S+))?$")
CHOICES = {
    "log.level": "debug info warn error",
    "log.format": "logfmt json",
}


@dataclass(frozen=True)
class Flag:
    name: str
    value: str  # what the help calls its value; empty: a boolean
    usage: str


@dataclass(frozen=True)
class Help:
    usages: list[str]  # the command lines
    about: list[str]  # paragraphs before the flags
    flags: list[Flag]
    notes: list[str]  # paragraphs after the flags, each "Title: text"

    @property
    def commands(self) -> list[str]:
        """The words that may stand in the first place."""
        words = (usage.split()[1] for usage in self.usages)
        return [word for word in words if not word.startswith("[")]


def read_help(text: str) -> Help:
    lines = text.splitlines()
    first = next(i for i, line in enumerate(lines) if FLAG.match(line))
    last = max(i for i, line in enumerate(lines) if line.startswith("    \t"))
    head = [part.replace("\n", " ") for part in "\n".join(lines[:first]).strip().split("\n\n")]
    flags = []
    for line, usage in zip(lines[first : last + 1 : 2], lines[first + 1 : last + 1 : 2], strict=True):
        match = FLAG.match(line)
        if not match or not usage.startswith("    \t"):
            raise ValueError(f"not the description of a flag: {line!r} {usage!r}")
        flags.append(Flag(match[1], match[2] or "", usage.strip()))
    notes = [part.replace("\n", " ") for part in "\n".join(lines[last + 1 :]).strip().split("\n\n")]
    usages = [line.removeprefix("Usage:").strip() for line in lines[:first] if f" {NAME}" in line]
    return Help(usages, head[1:], flags, notes)


def escaped(text: str) -> str:
    """`text` in roff: a hyphen that is to be typed, and no request at the start of a line."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text.startswith((".", "'")) else text


def manual(read: Help, version: str) -> str:
    lines = [
        f'.TH {NAME.upper()} 1 "" "{NAME} {version}" "User Commands"',
        ".SH NAME",
        f"{escaped(NAME)} \\- Prometheus target discovery for Amazon ECS",
        ".SH SYNOPSIS",
    ]
    for usage in read.usages:
        program, *rest = usage.split()
        lines += [f".B {escaped(program)}", escaped(" ".join(rest)), ".br"]
    lines += [".SH DESCRIPTION"]
    for paragraph in read.about:
        lines += [".PP", escaped(paragraph)]
    lines += [".SH OPTIONS"]
    for flag in read.flags:
        value = f" \\fI{escaped(flag.value)}\\fR" if flag.value else ""
        lines += [".TP", f"\\fB\\-{escaped(flag.name)}\\fR{value}", escaped(flag.usage)]
    for note in read.notes:
        title, text = note.split(": ", 1)
        lines += [f".SH {title.upper()}", escaped(text)]
    lines += [
        ".SH FILES",
        ".TP",
        ".I /etc/default/prometheus\\-ecs\\-discovery",
        "settings of the service of the Debian package",
        ".TP",
        ".I /var/lib/prometheus/ecs/ecs_file_sd.yml",
        "the targets that the service writes",
        ".SH SEE ALSO",
        "/usr/share/doc/prometheus\\-ecs\\-discovery/, and the page that \\-web.listen\\-address serves",
    ]
    return "\n".join(lines) + "\n"


def completion(read: Help) -> str:
    files = [f"-{flag.name}|--{flag.name}" for flag in read.flags if flag.value == "file"]
    cases = [f'    {"|".join(files)})\n      _filedir\n      return\n      ;;']
    for name, words in CHOICES.items():
        cases.append(
            f'    -{name}|--{name})\n      mapfile -t COMPREPLY < <(compgen -W "{words}" -- "$cur")\n'
            "      return\n      ;;"
        )
    values = [f"-{flag.name}|--{flag.name}" for flag in read.flags if flag.value and flag.value != "file"]
    values = [each for each in values if each.split("|")[0][1:] not in CHOICES]
    cases.append(f'    {"|".join(values)})\n      return\n      ;;')
    flags = " ".join(f"--{flag.name}" for flag in read.flags)
    commands = " ".join(read.commands)
    return f"""# bash completion for {NAME}
_prometheus_ecs_discovery() {{
  local cur prev
  cur=${{COMP_WORDS[COMP_CWORD]}}
  prev=${{COMP_WORDS[COMP_CWORD - 1]}}
  COMPREPLY=()
  case $prev in
{chr(10).join(cases)}
  esac
  local words="{flags}"
  if [ "$COMP_CWORD" -eq 1 ] && [[ $cur != -* ]]; then words="{commands}"; fi
  if [[ $cur == -[!-]* ]]; then words=${{words//--/-}}; fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}}
complete -F _prometheus_ecs_discovery {NAME}
"""


def main(program: str, directory: str) -> int:
    def output(flag: str) -> str:
        return subprocess.run([program, flag], check=True, capture_output=True, text=True).stdout

    read = read_help(output("--help"))
    version = output("--version").split()[-1]
    Path(directory, f"{NAME}.1").write_text(manual(read, version), "utf-8")
    Path(directory, f"{NAME}.bash").write_text(completion(read), "utf-8")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
