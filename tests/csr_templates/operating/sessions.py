"""Sessions of boto3 that cost little, because a test needs several."""

from copy import copy
from functools import cache
from typing import Any

import botocore.session
from boto3.session import Session


@cache
def _first() -> Any:
    """Return the session whose models and built-in hooks all others share."""
    return botocore.session.Session()


def new() -> Session:
    """Return a session with its own hooks."""
    core = botocore.session.Session(
        event_hooks=copy(_first().get_component("event_emitter")), include_builtin_handlers=False
    )
    core.register_component("data_loader", _first().get_component("data_loader"))
    return Session(botocore_session=core)


@cache
def client(service: str, region: str) -> Any:
    """Return a client without the hooks of a command; it outlives what a test creates in moto."""
    return new().client(service, region_name=region)
