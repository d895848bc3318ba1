"""tools/check_layers.py finds what breaks the layers, and only that."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
CHECK = REPOSITORY / "tools" / "check_layers.py"

SOUND = {
    "src/support/result.h": "#include <tl/expected.hpp>\n",
    "src/support/CMakeLists.txt": "target_link_libraries(ecsd_support PUBLIC tl::expected)\n",
    "src/core/target.h": '#include <arpa/inet.h>\n#include "support/result.h"\n',
    "src/core/CMakeLists.txt": "target_link_libraries(ecsd_core PUBLIC ecsd_support fmt::fmt)\n",
    "src/http/curl.cc": '#include <curl/curl.h>\n#include "http/curl.h"\n',
    "src/http/CMakeLists.txt": "target_link_libraries(ecsd_http PRIVATE CURL::libcurl)\n",
    "src/aws/client.cc": '#include <simdjson.h>\n#include "core/target.h"\n#include "support/result.h"\n',
    "src/aws/CMakeLists.txt": "target_link_libraries(ecsd_aws PUBLIC ecsd_core)\n",
    "src/app/main.cc": '#include "aws/client.h"\n#include "core/target.h"\n',
    "src/app/CMakeLists.txt": "target_link_libraries(ecsd_app PUBLIC ecsd_aws)\n",
    "sim/main.cc": '#include <nlohmann/json.hpp>\n#include "sim/api.h"\n#include "support/result.h"\n',
    "tests/aws/client_test.cc": '#include <gtest/gtest.h>\n#include "aws/client.h"\n',
}


def run(root: Path, files: dict[str, str]) -> tuple[int, list[str]]:
    """Exit status and lines of the check on a tree of these files."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    done = subprocess.run(
        [sys.executable, "-B", str(CHECK), str(root)], capture_output=True, text=True, timeout=60
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


def test_this_tree_is_sound():
    assert run(REPOSITORY, {}) == (0, [])


def test_a_sound_tree_passes(tmp_path):
    assert run(tmp_path, SOUND) == (0, [])


@pytest.mark.parametrize(
    ("file", "text", "finding"),
    [
        (
            "src/core/target.h",
            '\n#include "aws/client.h"\n',
            "src/core/target.h:2: core may not use aws; it may use support",
        ),
        (
            "src/core/target.h",
            '#  include "http/curl.h"\n',
            "src/core/target.h:1: core may not use http; it may use support",
        ),
        (
            "src/support/clock.h",
            '#include "core/target.h"\n',
            "src/support/clock.h:1: support may not use core; it may use nothing else",
        ),
        (
            "src/aws/client.h",
            '#include "app/run.h"\n',
            "src/aws/client.h:1: aws may not use app; it may use http, core, telemetry, yaml, support",
        ),
        (
            "src/util/text.h",
            '#include "support/result.h"\n',
            "src/util/text.h:1: src/util has no row in the layer table of tools/check_layers.py",
        ),
        (
            "src/aws/client.h",
            '#include "sim/api.h"\n',
            "src/aws/client.h:1: sim/ is no directory of the layer table of tools/check_layers.py",
        ),
        (
            "src/aws/client.h",
            "#include <curl/curl.h>\n",
            "src/aws/client.h:1: <curl/curl.h> may be included only in http, not in aws",
        ),
        (
            "src/aws/client.h",
            "#include <nlohmann/json.hpp>\n",
            "src/aws/client.h:1: <nlohmann/json.hpp> may be included only in sim, tests, not in aws",
        ),
        (
            "sim/main.cc",
            "#include <simdjson.h>\n",
            "sim/main.cc:1: <simdjson.h> may be included only in aws, bench, not in sim",
        ),
        (
            "src/aws/client.h",
            "#include <boost/asio.hpp>\n",
            "src/aws/client.h:1: <boost/asio.hpp> is unknown: give a new library its place in "
            "tools/check_layers.py",
        ),
        (
            "src/core/target.h",
            "#include <mutex>\n",
            "src/core/target.h:1: core is pure: <mutex> brings clocks, locks, threads or input and "
            "output",
        ),
        (
            "sim/main.cc",
            '#include "aws/client.h"\n',
            "sim/main.cc:1: sim may not use aws; it may use sim, support",
        ),
    ],
)
def test_an_include_that_breaks_a_rule_is_named(tmp_path, file, text, finding):
    status, lines = run(tmp_path, SOUND | {file: text})
    assert (status, finding in lines) == (1, True), lines


@pytest.mark.parametrize(
    ("file", "text", "finding"),
    [
        (
            "src/core/CMakeLists.txt",
            "ecsd_library(core a.cc)\ntarget_link_libraries(ecsd_core\n  PUBLIC ecsd_support ecsd_aws)\n",
            "src/core/CMakeLists.txt:2: link to ecsd_aws: core may not use aws; it may use support",
        ),
        (
            "src/aws/CMakeLists.txt",
            "target_link_libraries(ecsd_aws PUBLIC ecsd_core PRIVATE CURL::libcurl)\n",
            "src/aws/CMakeLists.txt:1: link to CURL::libcurl: allowed only in http, not in aws",
        ),
        (
            "src/aws/CMakeLists.txt",
            "target_link_libraries(ecsd_aws PUBLIC ecsd_core Boost::asio)\n",
            "src/aws/CMakeLists.txt:1: link to Boost::asio: unknown, give it its place in "
            "tools/check_layers.py",
        ),
        (
            "src/aws/CMakeLists.txt",
            "# target_link_libraries(ecsd_aws PUBLIC ecsd_core)\n",
            "src/aws/client.cc:2: aws includes core/ but ecsd_aws is not linked to ecsd_core",
        ),
    ],
)
def test_a_link_that_breaks_a_rule_is_named(tmp_path, file, text, finding):
    status, lines = run(tmp_path, SOUND | {file: text})
    assert (status, finding in lines) == (1, True), lines


def test_an_empty_tree_does_not_pass(tmp_path):
    done = subprocess.run([sys.executable, "-B", str(CHECK), str(tmp_path)], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no sources found" in done.stderr
