"""tools/install_packages.sh, with every command that would change the machine replaced by a record."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "install_packages.sh"
REAL_TOOLS = ("bash", "cat", "chmod", "dirname", "env", "grep", "rm", "sh", "sort", "tail")

DPKG_QUERY = """#!/bin/sh
for package; do :; done
grep -qx "$package" "$HERE/installed" && echo "install ok installed"
"""
RECORD = '#!/bin/sh\necho "${0##*/} $*" >> "$HERE/calls"\n'
POLICY_AT_INSTALL = '#!/bin/sh\necho "policy: $(tail -n 1 "$POLICY_RC_D")" >> "$HERE/calls"\n'


class Machine:
    """A PATH with the few programs that the script uses, and what it called."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.policy = root / "policy-rc.d"
        self._tools = root / "tools"
        self._bin = root / "bin"
        self._tools.mkdir()
        self._bin.mkdir()
        shutil.copy(SCRIPT, self._tools)
        (self._tools / "packages-build.txt").write_text("# a comment\n\ncmake\nprometheus\n")
        for name in REAL_TOOLS:
            (self._bin / name).symlink_to(shutil.which(name))
        self.command("dpkg-query", DPKG_QUERY)
        self.command("id", "#!/bin/sh\necho 1000\n")

    def command(self, name: str, text: str = RECORD) -> None:
        path = self._bin / name
        path.write_text(text)
        path.chmod(0o755)

    def run(self, *lists: str, installed: tuple[str, ...] = ()) -> subprocess.CompletedProcess:
        (self._root / "installed").write_text("".join(f"{name}\n" for name in installed))
        return subprocess.run(
            [str(self._tools / SCRIPT.name), *lists],
            env={
                "PATH": str(self._bin),
                "HERE": str(self._root),
                "POLICY_RC_D": str(self.policy),
            },
            capture_output=True,
            text=True,
            timeout=60,
        )

    def calls(self) -> list[str]:
        record = self._root / "calls"
        return record.read_text().splitlines() if record.exists() else []


@pytest.fixture
def machine(tmp_path) -> Machine:
    return Machine(tmp_path)


def test_nothing_is_done_when_all_packages_are_there(machine):
    machine.command("sudo")
    done = machine.run("build", installed=("cmake", "prometheus"))
    assert (done.returncode, done.stdout, done.stderr, machine.calls()) == (0, "", "", [])


def test_missing_packages_are_installed_after_one_update(machine):
    machine.command("sudo")
    done = machine.run("build", installed=("prometheus",))
    assert done.returncode == 0, done.stderr
    assert [call for call in machine.calls() if "apt-get" in call] == [
        "sudo env DEBIAN_FRONTEND=noninteractive apt-get -q update",
        "sudo env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends cmake",
    ]


def test_services_are_forbidden_to_start_while_it_installs_and_no_longer(machine):
    machine.command("sudo", '#!/bin/sh\nexec "$@"\n')
    machine.command("apt-get", POLICY_AT_INSTALL)
    done = machine.run("build", installed=("prometheus",))
    assert done.returncode == 0, done.stderr
    assert machine.calls() == ["policy: exit 101", "policy: exit 101"]  # at update and install
    assert not machine.policy.exists()


def test_the_ban_is_lifted_after_a_failed_installation_too(machine):
    machine.command("sudo", '#!/bin/sh\nexec "$@"\n')
    machine.command("apt-get", "#!/bin/sh\nexit 100\n")
    assert machine.run("build", installed=("prometheus",)).returncode == 1
    assert not machine.policy.exists()


def test_a_ban_that_was_there_before_stays_as_it_is(machine):
    machine.policy.write_text("#!/bin/sh\nexit 104\n")
    machine.command("sudo", '#!/bin/sh\nexec "$@"\n')
    machine.command("apt-get")
    assert machine.run("build", installed=("prometheus",)).returncode == 0
    assert machine.policy.read_text() == "#!/bin/sh\nexit 104\n"


def test_without_root_and_sudo_it_says_what_to_run(machine):
    done = machine.run("build")
    assert (done.returncode, machine.calls()) == (1, [])
    assert done.stderr.splitlines()[-1] == (
        "  apt-get update && apt-get install --no-install-recommends cmake prometheus"
    )


def test_a_failed_installation_is_a_failure_with_the_same_advice(machine):
    machine.command("sudo", '#!/bin/sh\ncase "$*" in *" install "*) exit 100;; esac\n')
    done = machine.run("build", installed=("prometheus",))
    assert done.returncode == 1
    assert "apt-get install --no-install-recommends cmake" in done.stderr


def test_an_unknown_list_is_an_error(machine):
    done = machine.run("bild")
    assert (done.returncode, machine.calls()) == (1, [])
    assert "there is no list tools/packages-bild.txt" in done.stderr


def test_the_program_is_built_without_what_only_the_simulator_needs():
    listed = {
        name: (SCRIPT.parent / f"packages-{name}.txt").read_text().split()
        for name in ("build", "test", "bench")
    }
    with_it = [name for name, packages in listed.items() if "nlohmann-json3-dev" in packages]
    assert with_it == ["test", "bench"]
    sources = (SCRIPT.parents[1] / "src").rglob("*.[hc]*")
    assert [file for file in sources if file.is_file() and "nlohmann" in file.read_text()] == []
