"""No secret of any kind is ever said, however much the program says and whatever goes wrong; and
files of secrets that others can read get a warning."""

from __future__ import annotations

import base64
import itertools
import json
import re
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from credential_places import PLACES, STATIC, accepted_keys, build, key_of
from discovery_process import run
from sim_process import SimProcess

pytestmark = pytest.mark.sim(*accepted_keys())

TOKENS = ["ey.env", "ey.web", "ey.pod", "sso-token"]


def secrets(sim: SimProcess) -> list[str]:
    """Everything that may be shown to nobody."""
    issued = [key[name] for key in sim.keys().values() for name in ("secret", "token")]
    found = [text for text in issued if text] + TOKENS
    assert set(found) >= {key_of(place)[1] for place in STATIC}
    return found


@pytest.mark.parametrize("broken", [False, True], ids=["good", "broken"])
@pytest.mark.parametrize("place", PLACES)
def test_no_secret_of_any_place_is_said(place, broken, shared_sim, tmp_path):
    env = build(tmp_path, shared_sim, [] if broken else [place], [place] if broken else [])
    write_to = ["-config.scrape-times=1", f"-config.write-to={tmp_path / 'targets.json'}"]
    for args in (["doctor", "--json"], ["explain"], write_to):
        done = run([*args, "-log.level=debug"], env, cwd=tmp_path)
        said = done.stdout + done.stderr
        assert said
        assert [text for text in secrets(shared_sim) if text in said] == []
        assert re.findall("Authorization:|Signature=|X-Amz-Security-Token", said, re.I) == []


@pytest.mark.parametrize("fault", ["ListClusters:denied", "ListClusters:expired", "ListTasks:html"])
def test_no_secret_is_said_when_calls_fail(fault, start_sim, data, tmp_path):
    sim = start_sim("--account", data / "account-plain.json", *accepted_keys())
    sim.set_faults(fault)
    env = build(tmp_path, sim, ["role"])
    done = run(["-log.level=debug", "-config.scrape-times=1"], env, cwd=tmp_path)
    assert done.status == 1
    assert [text for text in secrets(sim) if text in done.stderr] == []


SECRET = "s3cr3t/Kq8+Zt5wVx2Lr7Nb4Mc9Pd6Fg1Hj0Ty=="
TOKEN = "IQoJ" + "b3JpZ2luX2VjEMz/+aDFw5" * 20

ENCODINGS: list[Callable[[str], str]] = [
    str,
    lambda text: urllib.parse.quote(text, safe=""),
    lambda text: re.sub("%..", lambda code: code[0].lower(), urllib.parse.quote(text, safe="")),
    lambda text: text.replace("+", " "),
    lambda text: text[7:23],
    lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    lambda text: text.replace("/", "\\/"),
    lambda text: base64.b64encode(text.encode()).decode(),
    lambda text: base64.b64encode(b"a:" + text.encode()).decode(),
    lambda text: base64.urlsafe_b64encode(b"b" + text.encode()).decode(),
    lambda text: "\r\n ".join(re.findall(".{1,10}", text)),
    lambda text: "x" * 280 + text,  # where the message is cut
]


def spoilt_answers() -> Iterator[tuple[dict[str, str], str]]:
    """(headers, body) with a secret in each place and encoding."""
    for encode in ENCODINGS:
        for text in (encode(SECRET), encode(TOKEN)):
            yield {}, json.dumps({"__type": text, "message": "no"})
            yield {}, json.dumps({"code": text, "Message": f"it was {text}, and {text}"})
            yield {}, f"<Error><Code>{text}</Code><Message>{text}</Message></Error>"
            if "\n" not in text:
                yield {"X-Amzn-Errortype": text}, "{}"
            escaped = "".join(f"\\u{ord(letter):04x}" for letter in text)
            yield {}, f'{{"__type": "Denied", "message": "{escaped}"}}'


@pytest.fixture
def echo():
    """The URL of a service that refuses each call with the next of spoilt_answers(), and how many
    it has given."""
    answers = itertools.cycle(spoilt_answers())
    given = itertools.count()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:  # noqa: N802 (the name is that of the base class)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers, body = next(answers)
            next(given)
            self.send_response(400)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", given
    server.shutdown()
    server.server_close()


def readings(text: str) -> Iterator[str]:
    """What somebody may read in a log."""
    plain = re.sub(r"\\u(....)", lambda code: chr(int(code[1], 16)), text)
    plain = re.sub("&#([0-9]+);", lambda code: chr(int(code[1])), plain.replace("\\/", "/"))
    for each in (text, plain, urllib.parse.unquote(plain), urllib.parse.unquote_plus(plain)):
        yield each
        yield re.sub(r"\s", "", each)
    for row in re.findall("[A-Za-z0-9+/_-]{20,}", plain):
        for skip in range(4):
            digits = row[skip:].replace("-", "+").replace("_", "/")
            digits = digits[: len(digits) // 4 * 4]
            yield base64.b64decode(digits).decode("latin-1")


def test_no_echoed_secret_is_said_in_any_form_or_place(echo, environment, tmp_path):
    """Only the message was looked at, and only for the whole secret as it is."""
    url, given = echo
    count = len(list(spoilt_answers()))
    env = {"AWS_ENDPOINT_URL": url, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "AKIAECHO"}
    env |= {"AWS_SECRET_ACCESS_KEY": SECRET, "AWS_SESSION_TOKEN": TOKEN}
    args = ["-log.level=debug", "-config.scrape-interval=1ms", f"-config.scrape-times={count}"]
    done = run([*args, f"-config.write-to={tmp_path / 'targets.yml'}"], environment(env))
    assert done.status == 1
    assert next(given) >= count
    assert "***" in done.stderr
    parts = {
        text[i : i + 16].replace(" ", "")
        for secret in (SECRET, TOKEN)
        for text in (secret, secret.replace("+", " "))
        for i in range(len(secret) - 15)
    }
    for line in done.stderr.splitlines():
        for reading in readings(line):
            assert [part for part in parts if part in reading] == [], line


@pytest.mark.parametrize("mode, warned", [(0o600, False), (0o640, True), (0o644, True)], ids=oct)
def test_a_credentials_file_that_others_can_read_gets_a_warning(mode, warned, shared_sim, tmp_path):
    env = build(tmp_path, shared_sim, ["credentials-file"])
    shared = tmp_path / "credentials"
    shared.chmod(mode)
    done = run(["-config.scrape-times=1"], env, cwd=tmp_path)
    assert done.status == 0
    assert [str(shared) in line for line in done.problems] == ([True] if warned else [])
