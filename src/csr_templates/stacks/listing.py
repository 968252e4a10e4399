"""The stacks of the system, in the order in which they are deployed."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from csr_templates.stacks import api, contract, database, frontend, network
from csr_templates.stacks.parts.template import StackTemplate


class Stack(NamedTuple):
    """The declaration of a stack.

    Attributes:
        name: last part of the name of the deployed stack, ``<project>-<environment>-<name>``.
        template: file name of the rendered template.
        region: AWS region of the deploy and of the lint.
        build: returns the template.
        reads_from: names of the stacks whose outputs it reads.
        per_deploy: per-deploy parameters, which must not be in the parameter files.
        rollback_triggers: logical IDs of alarms that roll back an update: alarms that a bad release raises
            within minutes, and that rarely have other causes. Empty for a stack whose rollback would cause
            more damage than the release, such as a database.
    """

    name: str
    template: str
    region: str
    build: Callable[[], StackTemplate]
    reads_from: tuple[str, ...] = ()
    per_deploy: tuple[str, ...] = ()
    rollback_triggers: tuple[str, ...] = ()

    @property
    def source(self) -> Path:
        """The Python file whose ``build`` returns the template."""
        return Path(str(sys.modules[self.build.__module__].__file__))


STACKS = (
    Stack(contract.NETWORK, "main.yaml", "ap-northeast-1", network.build),
    Stack(
        contract.DATABASE,
        "database.yaml",
        "ap-northeast-1",
        database.build,
        reads_from=(contract.NETWORK,),
    ),
    Stack(
        contract.API,
        "api.yaml",
        "ap-northeast-1",
        api.build,
        reads_from=(contract.NETWORK, contract.DATABASE),
        per_deploy=("LambdaCodeS3Key", "LambdaCodeS3ObjectVersion"),
        rollback_triggers=("ApiDeployFailingAlarm", "ApiMostlyFailingAlarm"),
    ),
    Stack(
        contract.FRONTEND,
        "frontend.yaml",
        "us-east-1",
        frontend.build,
        reads_from=(contract.API,),
        rollback_triggers=("FrontendDeployFailingAlarm", "SiteUnreachableAlarm"),
    ),
)
"""Every stack. A stack imports only from the ones before it."""
