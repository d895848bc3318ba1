"""Starts and steers ecs-sim, the account simulator, for tests.

The simulator's own flags (see `ecs-sim --help`; every flag is also accepted as --flag=value):

    --listen ADDRESS:PORT       default 127.0.0.1:0; also [::1]:0
    --plain-listen ADDRESS:PORT here too, always without TLS; repeatable
    --tls.cert FILE --tls.key FILE    serve HTTPS; --tls.priorities: GnuTLS's priority string
    --region NAME               default us-east-1 (with --account: that of the file)
    --account-id DIGITS         default 123456789012 (with --account: that of the file)
    --account FILE              a conformance account, e.g. tests/data/account-plain.json
    --seed N --clusters C --tasks T   a synthetic account instead
    --external N                with --seed: tasks of ECS Anywhere beside the others
    --exporters                 with --seed: a real exporter behind every target
    --credentials KEY:SECRET[:TOKEN]  repeatable; default is ACCESS_KEY and SECRET_KEY below
    --page-size N               longest page of a listing, 1 to 100
    --empty-pages               every other page of ListTasks and ListClusters is empty
    --latency DURATION          added to every answer, e.g. 30ms
    --session-lifetime DURATION how long all temporary keys work
    --external-id ROLE_ARN=ID   without which the role cannot be assumed; repeatable
    --token KIND=TOKEN          the one token taken from container, pod-identity, sso, web-identity
    --services N                with --seed: services in all clusters together
    --no-port-ranges            with --seed: no mapping of a range of ports
    --churn N                   tasks that are replaced every second
    --stopped-lifetime DURATION how long stopped tasks are described before they are MISSING
    --published-limits          throttle by the published token buckets
    --limits-percent N          the same with N percent of their size and rate
    --gzip                      compress answers for clients that ask for it
    --fault ACTION[@NAME]:KIND[=DURATION][:COUNT]  repeatable; NAME: a cluster or task definition
                                family; a duration for slow and expiring only

Beside the APIs the port serves what hands out credentials: the metadata service (IMDSv2) at
/latest/..., ECS's agent at /v2/credentials/ID, that of EKS Pod Identity at /v1/credentials, the SSO
portal. Their actions in faults and calls: MetadataToken, MetadataRole, MetadataCredentials,
MetadataRegion, MetadataIdentity, MetadataOther, ContainerCredentials, PodIdentityCredentials,
GetRoleCredentials.
"""

from __future__ import annotations

import json
import os
import queue
import re
import subprocess
import threading
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from waiting import DEADLINE, wait_until

ACCESS_KEY = "AKIAECSSIMULATOR0001"
SECRET_KEY = "ecs-sim-secret"
DATA = Path(__file__).resolve().parent.parent / "data"
# Faults that leave nothing to be read of the account.
OUTAGE = ("ListClusters:denied", "ListTasks:denied", "DescribeClusters:denied", "DescribeTasks:denied")
LISTENING = re.compile(r"^ecs-sim: listening on (https?://\S+(?: and http://\S+)*)")


def binary() -> Path:
    """The simulator in the build directory that ECSD_BUILD names."""
    return Path(os.environ["ECSD_BUILD"]) / "bin" / "ecs-sim"


class SimProcess:
    """One running simulator: `sim = SimProcess.start(["--account", ...])`, or as a context manager."""

    def __init__(self, process: subprocess.Popen[str], urls: list[str], first_line: str) -> None:
        self.process = process
        self.url = urls[0]
        self.plain_urls = urls[1:]  # those of --plain-listen
        self.first_line = first_line
        self.port = int(self.url.rsplit(":", 1)[1])

    @classmethod
    def start(
        cls,
        args: list[str] | tuple[str, ...] = (),
        timeout: float = 120.0,
        prefix: Sequence[str] = (),
    ) -> SimProcess:
        """Returns once the simulator accepts connections; `timeout` covers building the account,
        `prefix` is a command that starts it in another way."""
        process = subprocess.Popen(
            [*prefix, str(binary()), *map(str, args)], stdout=subprocess.PIPE, text=True
        )
        lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=_pump, args=(process.stdout, lines), daemon=True).start()
        try:
            line = lines.get(timeout=timeout)
            match = LISTENING.match(line)
            if not match:
                raise RuntimeError(f"ecs-sim did not start: said {line!r}, exit {process.poll()}")
            return cls(process, match.group(1).split(" and "), line.rstrip("\n"))
        except BaseException:
            process.kill()
            process.wait()
            raise

    def environment(self, region: str = "us-east-1") -> dict[str, str]:
        """What a client of this simulator needs; no file of the user's home takes part."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def calls(self) -> dict[str, int]:
        """Requests per action since the start or reset(); `_rejected`: refused signatures."""
        return self._control("GET", "/_sim/calls")

    def count(self, action: str) -> int:
        """How many of calls() are of this action."""
        return self.calls().get(action, 0)

    def refreshes(self) -> int:
        """How many refreshes have begun: each lists the clusters, again only where that failed."""
        return self.count("ListClusters")

    def wait_for_calls(self, action: str, count: int = 1, timeout: float = DEADLINE) -> None:
        """Returns when there were so many calls of this action since the start or reset()."""
        what = f"{count} calls of {action}"
        wait_until(lambda: self.count(action) >= count, what, timeout, seen=self.calls)

    def wait_for_refreshes(self, count: int = 2, timeout: float = DEADLINE) -> None:
        """Returns when so many more refreshes have begun, so that all but the last have ended."""
        self.wait_for_calls("ListClusters", self.refreshes() + count, timeout)

    def account(self) -> dict:
        """The account as it is now, in the form of a conformance file."""
        return self._control("GET", "/_sim/account")

    def set_faults(self, *faults: str) -> None:
        """Replaces all faults, e.g. set_faults("DescribeTasks:throttle:2"); none clears them."""
        self._control("POST", "/_sim/faults", {"faults": list(faults)})

    def stop_task(self, task_arn: str, missing: bool = False) -> None:
        """Stops one task: it is listed no more, and described as STOPPED or, as a task that stopped
        more than an hour ago, MISSING."""
        self._control("POST", "/_sim/stop-task", {"task": task_arn, "missing": missing})

    def add(self, document: dict) -> None:
        """Adds what a document like that of account() has; a task that is there is replaced, and gets
        the next version unless the document gives one or it never had one."""
        self._control("POST", "/_sim/add", document)

    def churn(self, tasks: int) -> None:
        """Replaces so many tasks by new ones."""
        self._control("POST", "/_sim/churn", {"tasks": tasks})

    def remove_cluster(self, name: str) -> None:
        """From here on the cluster does not exist."""
        self._control("POST", "/_sim/remove-cluster", {"cluster": name})

    def keys(self) -> dict[str, dict]:
        """Of every access key whose it is ("arn"), until when it works ("expiration"), and its
        "secret" and session "token"."""
        return self._control("GET", "/_sim/keys")

    def set_token(self, kind: str, token: str) -> None:
        """From now on clients of that kind (see --token) are known by this token."""
        self._control("POST", "/_sim/token", {"kind": kind, "token": token})

    def expire(self, access_key_id: str) -> None:
        """Ends the life of a key: from now on it is refused as expired."""
        self._control("POST", "/_sim/expire", {"key": access_key_id})

    def reset(self) -> None:
        """Sets the counts of calls() to zero."""
        self._control("POST", "/_sim/reset", {})

    def stop(self) -> int:
        """Asks the simulator to end and returns its exit status."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def _control(self, method: str, path: str, body: dict | None = None) -> dict:
        data = None if body is None else json.dumps(body).encode()
        plain = [url for url in [*self.plain_urls, self.url] if url.startswith("http://")]
        request = urllib.request.Request(
            plain[0] + path, data=data, method=method, headers={"Content-Type": "application/json"}
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as answer:
            return json.loads(answer.read())

    def __enter__(self) -> SimProcess:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()


def _pump(stream, lines: queue.Queue[str]) -> None:
    """Hands on every line, so that the pipe never fills; an empty one marks the end."""
    with stream:
        for line in stream:
            lines.put(line)
    lines.put("")
