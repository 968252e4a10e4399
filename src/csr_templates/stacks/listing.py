"""The stacks of the system, in the order in which they are deployed."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from csr_templates.stacks import api, contract, database, frontend, network
from csr_templates.stacks.parts.template import StackTemplate


def _nothing_derived(template: Mapping[str, Any]) -> list[str]:
    return []


class Stack(NamedTuple):
    """One stack: where its template comes from and where it goes.

    Attributes:
        name: last part of the name when deployed, ``<project>-<environment>-<name>``.
        template: file name of the rendered template.
        region: AWS region that the template is deployed to and checked for.
        build: returns the template.
        reads_from: names of the stacks whose outputs it reads.
        per_deploy: parameters that each deploy decides, and the parameter files must not hold.
        rollback_triggers: logical IDs of alarms that roll an update back: those that a bad release sets off
            within minutes, and little else does. None for a stack whose rollback would do more harm than the
            release, such as a database.
        stale: returns, for a rendered template, a sentence for each derived value that no longer follows from
            the rest of it.
    """

    name: str
    template: str
    region: str
    build: Callable[[], StackTemplate]
    reads_from: tuple[str, ...] = ()
    per_deploy: tuple[str, ...] = ()
    rollback_triggers: tuple[str, ...] = ()
    stale: Callable[[Mapping[str, Any]], list[str]] = _nothing_derived

    @property
    def source(self) -> Path:
        """The Python file whose ``build`` returns the template."""
        return Path(str(sys.modules[self.build.__module__].__file__))


STACKS = (
    Stack(contract.NETWORK, "main.yaml", "ap-northeast-1", network.build, stale=network.stale),
    Stack(
        contract.DATABASE,
        "database.yaml",
        "ap-northeast-1",
        database.build,
        reads_from=(contract.NETWORK,),
        stale=database.stale,
    ),
    Stack(
        contract.API,
        "api.yaml",
        "ap-northeast-1",
        api.build,
        reads_from=(contract.NETWORK, contract.DATABASE),
        per_deploy=("LambdaCodeS3Key", "LambdaCodeS3ObjectVersion"),
        rollback_triggers=(
            "LambdaErrorsAlarm",
            "LambdaThrottlesAlarm",
            "Api5xxAlarm",
            "ApiMostlyFailingAlarm",
        ),
        stale=api.stale,
    ),
    Stack(
        contract.FRONTEND,
        "frontend.yaml",
        "us-east-1",
        frontend.build,
        reads_from=(contract.API,),
        rollback_triggers=("CloudFront5xxAlarm", "SiteUnreachableAlarm"),
        stale=frontend.stale,
    ),
)
"""Every stack. A stack imports only from the ones before it."""
