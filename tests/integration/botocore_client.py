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


def client(session: botocore.session.Session, service: str) -> botocore.client.BaseClient:
    """A client that tries once and does not wait long."""
    config = botocore.client.Config(
        retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=5
    )
    return session.create_client(service, config=config)
