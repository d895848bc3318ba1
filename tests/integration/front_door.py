"""Stands before the simulator and spoils the answers for single clusters, which ecs-sim cannot."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_JSON = "application/x-amz-json-1.1"


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64  # the program opens more connections at once than wait elsewhere


class FrontDoor:
    """Hands on every request as it is, but refuses to list the tasks of the clusters named in
    `denied` and leaves those named in `hidden` out of the list of clusters. Both may be changed at
    any time. Use as a context manager."""

    def __init__(self, behind: str) -> None:
        self.denied: set[str] = set()
        self.hidden: set[str] = set()
        self.forms: list[str] = []  # the bodies of the calls that are forms (STS, EC2)
        self._behind = behind
        door = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:  # noqa: N802 (the name is that of the base class)
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, content_type, answer = door._answer(self.path, self.headers, body)
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", content_type)
                    self.send_header("Content-Length", str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer)
                except ConnectionError:
                    self.close_connection = True  # the client was stopped meanwhile

            def log_message(self, *_args: object) -> None:
                """Says nothing."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> FrontDoor:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, path: str, headers, body: bytes) -> tuple[int, str, bytes]:
        action = headers.get("X-Amz-Target", "").rpartition(".")[2]
        if not action:
            self.forms.append(body.decode())
        if action == "ListTasks" and _short(json.loads(body)["cluster"]) in self.denied:
            refusal = {"__type": "AccessDeniedException", "message": "not for you: ecs:ListTasks"}
            return 400, _JSON, json.dumps(refusal).encode()
        status, content_type, answer = self._hand_on(path, headers, body)
        if action == "ListClusters" and status == 200:
            listing = json.loads(answer)
            arns = listing["clusterArns"]
            listing["clusterArns"] = [arn for arn in arns if _short(arn) not in self.hidden]
            answer = json.dumps(listing).encode()
        return status, content_type, answer

    def _hand_on(self, path: str, headers, body: bytes) -> tuple[int, str, bytes]:
        # The signature covers the name of the host that the client wanted: this one.
        kept = {name: value for name, value in headers.items() if name.lower() != "connection"}
        request = urllib.request.Request(self._behind + path, body, kept, method="POST")
        try:
            with _OPENER.open(request, timeout=30) as answer:
                return answer.status, answer.headers["Content-Type"], answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers["Content-Type"], error.read()


def _short(cluster: str) -> str:
    return cluster.rpartition("/")[2]
