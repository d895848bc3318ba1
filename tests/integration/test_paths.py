"""Two settings that name one file end the program before it destroys what is in it."""

from __future__ import annotations

import os

import pytest
from discovery_process import run


@pytest.fixture
def attempt(tmp_path, environment):
    """attempt(*flags) -> a run that is to end before any call; relative paths start in tmp_path."""

    def start(*flags):
        env = {
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
            "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        }
        done = run(["-config.scrape-times", "1", *flags], environment(env), cwd=tmp_path)
        assert done.status == 2, done.stderr
        return done.only_problem()

    return start


@pytest.fixture
def web_config(tmp_path):
    """A web configuration that names web.crt and web.key beside it."""
    (tmp_path / "web.crt").write_text("a certificate\n")
    (tmp_path / "web.key").write_text("a key\n")
    (tmp_path / "credentials").write_text("[default]\n")
    (tmp_path / "credentials").chmod(0o600)
    path = tmp_path / "web.yml"
    path.write_text("tls_server_config: {cert_file: web.crt, key_file: web.key}\n")
    return path


def contents(directory):
    return {path.name: path.read_bytes() for path in directory.iterdir() if path.is_file()}


@pytest.mark.parametrize(
    "output, state, settings",
    [
        ("web.yml", "state.db", ("-config.write-to", "--web.config.file")),
        ("web.crt", "state.db", ("-config.write-to", "cert_file of --web.config.file")),
        ("link.yml", "state.db", ("-config.write-to", "key_file of --web.config.file")),
        ("targets.yml", "web.key", ("--state.path", "key_file of --web.config.file")),
        ("targets.yml", "hard.key", ("--state.path", "key_file of --web.config.file")),
        ("same", "./same", ("-config.write-to", "--state.path")),
        ("state.db.lock", "state.db", ("-config.write-to", "the .lock file of --state.path")),
        ("credentials", "state.db", ("-config.write-to", "AWS credentials file")),
    ],
)
def test_two_settings_that_name_one_file_are_refused(
    output, state, settings, attempt, tmp_path, web_config
):
    (tmp_path / "link.yml").symlink_to("web.key")
    os.link(tmp_path / "web.key", tmp_path / "hard.key")
    before = contents(tmp_path)
    web = ["--web.listen-address", "127.0.0.1:0", "--web.config.file", web_config]
    line = attempt("-config.write-to", output, "--state.path", tmp_path / state, *web)
    assert "are one file" in line
    for setting in settings:
        assert setting in line
    assert contents(tmp_path) == before


def test_doctor_refuses_them_too(environment, tmp_path, web_config):
    env = {"AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    web = ["--web.listen-address", "127.0.0.1:0", "--web.config.file", web_config]
    done = run(["doctor", "-config.write-to", web_config, *web], environment(env))
    assert done.status == 2
    assert "-config.write-to" in done.only_problem() and "--web.config.file" in done.only_problem()
