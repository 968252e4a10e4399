"""Sessions of boto3 whose clients outlive them, because creating a client costs more than its calls."""

from collections import defaultdict
from collections.abc import Callable
from functools import cache, partial
from typing import Any, Final

import botocore.session
from boto3.session import Session
from botocore.config import Config

_EVENTS: Final = ("before-parameter-build", "before-call", "needs-retry", "after-call")
Hook = Callable[..., Any]


class Hooks:
    """Takes the place of the events of a session; its hooks see the calls until the next session."""

    def __init__(self) -> None:
        self._hooks: dict[str, list[Hook]] = defaultdict(list)
        self._last: dict[str, list[Hook]] = defaultdict(list)

    def register(self, event: str, hook: Hook) -> None:
        """Call a hook at an event, after the hooks that were registered before."""
        assert event in _EVENTS
        self._hooks[event].append(hook)

    def register_last(self, event: str, hook: Hook) -> None:
        """Call a hook at an event, after the others."""
        assert event in _EVENTS
        self._last[event].append(hook)

    def call(self, event: str, **values: Any) -> Any:
        """Call the hooks of an event until one returns something, as botocore does before a call."""
        for hook in [*self._hooks[event], *self._last[event]]:
            answer = hook(**values)
            if answer is not None:
                return answer
        return None


class SharedSession:
    """A session with its own hooks, and with clients that earlier sessions have used.

    The environment variables of AWS must be those of all other tests.

    Attributes:
        events: the hooks.
    """

    def __init__(self) -> None:
        self.events = Hooks()
        _current[0] = self.events

    def client(self, service: str, region_name: str, config: Config) -> Any:
        """Return the client of a service in a region."""
        return _client_with_hooks(service, region_name, config.retries["mode"])


_current: Final = [Hooks()]
"""Those of the session that was created last."""


def _call(event: str, **values: Any) -> Any:
    return _current[0].call(event, **values)


@cache
def _with_hooks() -> Session:
    """Return the session whose clients call the hooks."""
    core = botocore.session.Session()
    events = core.get_component("event_emitter")
    for event in _EVENTS:
        events.register_last(event, partial(_call, event))
    return Session(botocore_session=core)


@cache
def _client_with_hooks(service: str, region: str, retries: str) -> Any:
    config = Config(retries={"mode": retries}, max_pool_connections=16)
    return _with_hooks().client(service, region_name=region, config=config)


@cache
def _without_hooks() -> Session:
    return Session(botocore_session=botocore.session.Session())


@cache
def client(service: str, region: str) -> Any:
    """Return a client without the hooks of a command; it outlives what a test creates in moto."""
    return _without_hooks().client(service, region_name=region)
