"""The stacks of the system, in the order in which they are deployed."""

import sys
from collections.abc import Callable, Collection, Mapping
from functools import partial, wraps
from pathlib import Path
from typing import Final, NamedTuple

from cfn_analysis.model.wording import hint, series
from csr_templates.stacks import api, contract, database, frontend, network
from csr_templates.stacks.parts.template import StackTemplate


class DeployFacts(NamedTuple):
    """What a build cannot read from AWS's schemas, for the deploy policies of a stack with other types.

    A build that needs one of these rows says which. ``hand_over/deploy_scopes.py`` describes the tables.

    Attributes:
        scopes: the ARNs of a type: ``"AWS::DynamoDB::Table arn:aws:dynamodb:{region}:*:table/{TableName}"``.
        forgotten: type, property that needs them (``""`` for all), and actions that the schema lacks.
        service_linked: type, and the service that creates a service-linked role for it.
        parameters: type of a parameter -> the action that resolves its value.
    """

    scopes: tuple[str, ...] = ()
    forgotten: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    service_linked: tuple[tuple[str, str], ...] = ()
    parameters: Mapping[str, str] = {}


NO_FACTS: Final = DeployFacts()


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
        deploy_facts: what a build must know of types that csr_templates does not use.
    """

    name: str
    template: str
    region: str
    build: Callable[[], StackTemplate]
    reads_from: tuple[str, ...] = ()
    per_deploy: tuple[str, ...] = ()
    rollback_triggers: tuple[str, ...] = ()
    deploy_facts: DeployFacts = NO_FACTS

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


def subset(*names: str) -> tuple[Stack, ...]:
    """Return some stacks of the system, without what they contain for the others: links, texts, replicas.

    Args:
        names: the names of the stacks, with those that they read from.

    Raises:
        ValueError: there is no stack of this name, or a stack reads from one that is not in the subset.
    """
    all_names = [stack.name for stack in STACKS]
    for name in names:
        if name not in all_names:
            raise ValueError(
                f"There is no stack {name}.{hint(name, all_names)} The stacks are: {series(all_names)}."
            )
    chosen = tuple(stack for stack in STACKS if stack.name in names)
    for stack in chosen:
        missing = [name for name in stack.reads_from if name not in names]
        if missing:
            raise ValueError(f"The stack {stack.name} reads from {series(missing)}. Add these to the subset.")
    if chosen == STACKS:
        return STACKS
    builds = {contract.NETWORK: network.build, contract.DATABASE: database.build, contract.API: api.build}
    return tuple(stack._replace(build=_of_subset(builds[stack.name], names)) for stack in chosen)


def _of_subset(
    build: Callable[[Collection[str]], StackTemplate], names: Collection[str]
) -> Callable[[], StackTemplate]:
    """Return the function that builds a stack as one of a subset."""
    return wraps(build)(partial(build, names))  # in the module of the stack, which is its source
