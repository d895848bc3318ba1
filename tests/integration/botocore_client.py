"""botocore as the referee: which credentials, region and endpoints it finds in an environment.

It runs in the test's own process, with nothing of the process' environment taking part.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest import mock

import botocore.client
import botocore.credentials
import botocore.loaders
import botocore.session
import botocore.tokens
import botocore.utils

# Its own names for where credentials came from, in the words of the tests.
SOURCES = {
    "env": "environment",
    "assume-role": "assume-role",
    "assume-role-with-web-identity": "web-identity",
    "sso": "sso",
    "shared-credentials-file": "profile",
    "config-file": "profile",
    "custom-process": "process",
    "container-role": "container",
    "iam-role": "metadata",
}


_LOADER = botocore.loaders.create_loader()


@contextmanager
def process_environment(environment: dict[str, str]) -> Iterator[None]:
    """The process' environment is this one; and botocore, which looks up its directory of tokens
    when it is imported, finds the one of this home."""
    cache = os.path.join(environment["HOME"], ".aws", "sso", "cache")
    with ExitStack() as patches:
        patches.enter_context(mock.patch.dict(os.environ, environment, clear=True))
        for owner in (botocore.credentials.SSOProvider, botocore.tokens.SSOTokenProvider):
            patches.enter_context(mock.patch.object(owner, "_SSO_TOKEN_CACHE_DIR", cache))
        # It waits a second between tries of an endpoint that answers nothing good.
        fetcher = botocore.utils.ContainerMetadataFetcher
        patches.enter_context(mock.patch.object(fetcher, "SLEEP_TIME", 0))
        yield


def new_session() -> botocore.session.Session:
    """A session of its own, but for the descriptions of the services, which take long to read."""
    session = botocore.session.Session()
    session.register_component("data_loader", _LOADER)
    return session


def client(session: botocore.session.Session, service: str) -> botocore.client.BaseClient:
    """A client that tries once and does not wait long."""
    config = botocore.client.Config(
        retries={"total_max_attempts": 1}, connect_timeout=30, read_timeout=30
    )
    return session.create_client(service, config=config)


_CALLS = {
    "ECS": "list_clusters",
    "EC2": "describe_instances",
    "SSM": "describe_instance_information",
    "STS": "get_caller_identity",
}


class _Sent(Exception):
    """Thrown instead of sending a request."""


def endpoints(session: botocore.session.Session, region: str | None) -> dict[str, str]:
    """Where calls of each service would go. Fails as botocore does for a region or a combination of
    switches that it does not take."""
    session.set_credentials("AKIA", "secret")
    return {service: _endpoint(session, service, region) for service in _CALLS}


def _endpoint(session: botocore.session.Session, service: str, region: str | None) -> str:
    made = session.create_client(service.lower(), region_name=region)

    def stop(request, **_: object) -> None:
        raise _Sent(request.url)

    made.meta.events.register("before-send", stop)
    try:
        getattr(made, _CALLS[service])()
    except _Sent as sent:
        return str(sent)
    raise AssertionError(f"{service} was called without a request")
