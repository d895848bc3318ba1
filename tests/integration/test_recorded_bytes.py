"""The program gives the bytes that were recorded: files, what explain prints, what is served, logs.

They are recorded anew only when a change of bytes is wanted; see CONTRIBUTING.md.
"""

from __future__ import annotations

import pytest
import recorded_files
from recorded_accounts import ACCOUNTS
from recorded_files import RECORDED, WHOLE
from recorded_outputs import Output, metric_names, steady_explanation, steady_log


@pytest.mark.parametrize("name", WHOLE)
def test_the_program_gives_the_recorded_bytes(name, tmp_path):
    made = recorded_files.make(name, tmp_path)

    found = recorded_files.difference(name, made, tmp_path / "differing")
    if found:
        pytest.fail(f"not the recorded bytes of {name}:\n{found}", pytrace=False)


def test_every_account_is_recorded_and_no_other():
    assert list(recorded_files.digests()) == list(WHOLE)
    assert len(ACCOUNTS) >= 55


def test_whole_files_are_those_of_the_digests():
    digests = recorded_files.digests()
    wanted = {(name, key) for name, keys in WHOLE.items() for key in keys}
    files = [path for path in RECORDED.glob("*/*") if path.is_file()]

    assert {(file.parent.name, file.name) for file in files} == wanted
    for file in files:
        recorded = digests[file.parent.name][file.name]
        assert Output(file.read_bytes(), int(recorded.split()[0]), ()).digest() == recorded, file


def test_one_byte_is_a_difference_and_shown(tmp_path):
    whole = (RECORDED / "plain" / "explain").read_bytes()
    made = {"explain": Output(whole.replace(b"cluster-000", b"cluster-00O", 1), 0, ("explain",))}

    found = recorded_files.difference("plain", made, tmp_path)

    assert "explain: 0 " in found
    assert "cluster-00O" in found
    assert "targets.yml: recorded, but not made" in found
    assert (tmp_path / "explain").read_bytes() == made["explain"].content


def test_what_varies_is_replaced_in_log_lines():
    line = 'ts=2026-01-02T03:04:05.678Z level=info msg="a calls=3" calls="x=1 y" file=/a/b version=1 n=4'

    assert steady_log(line + "\n") == (
        b'ts=<ts> level=info msg="a calls=3" calls=<calls> file=<file> version=<version> n=4\n'
    )


def test_of_metrics_only_the_names_of_their_labels_are_left():
    text = '# TYPE a gauge\na{b="c} d",e="f"} 5\na{b="g",e="h"} 7\ni 1.5\n'

    assert metric_names(text) == b"# TYPE a gauge\na{b,e}\ni\n"


def test_of_tasks_that_do_not_run_the_facts_are_replaced():
    text = "c s f t app task_not_running\n    why: a\n    facts: x\n    change: b\nc s f t web filtered\n    facts: y\n"
    json = '{"reason":"task_not_running","label":"a\\"b","address":""},\n{"reason":"filtered","label":"c"}\n'

    assert steady_explanation(text) == text.replace("facts: x", "facts: <facts>").encode()
    assert steady_explanation(json) == json.replace('a\\"b', "<label>").encode()
