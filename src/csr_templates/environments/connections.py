"""Checks that the database accepts the connections of all execution environments of the function."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cfn_analysis.model import resolving
from cfn_analysis.model.three_valued import truth_of
from csr_templates.connection_limits import (
    FOR_OTHERS,
    MAX_CONNECTIONS,
    POOL_SIZE,
    RESERVED,
    most_environments,
    of_environment,
)
from csr_templates.environments.files import ParameterFinding
from csr_templates.environments.values import Candidate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cfn_analysis.model.built_stack import BuiltStack

ACCOUNT_CONCURRENCY: Final = 1000
"""Default quota of the account. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""


class Database(NamedTuple):
    """The database of an environment.

    Attributes:
        group: logical ID of the parameter group of its instances.
        max_connections: connections that an instance accepts.
        instances: their number.
    """

    group: str
    max_connections: int
    instances: int


def connection_findings(candidate: Candidate, stacks: Sequence[BuiltStack]) -> Iterator[ParameterFinding]:
    """Yield an error if the execution environments can open more connections than an instance accepts."""
    reserved = _whole_number(candidate.text(RESERVED)) if candidate.knows(RESERVED) else None
    if reserved is None:
        return
    resources: dict[str, Any] = {}
    for stack in stacks:
        with suppress(resolving.ResolveError):  # errors of a template are reported by the linter
            resources |= _existing(candidate, stack)
    pool_size = _pool_size(resources)
    database = _database(resources)
    if pool_size is None or database is None:
        return
    of_each = of_environment(pool_size, database.instances)
    most = most_environments(database.max_connections, of_each)
    if 0 < reserved <= most:
        return
    executions = reserved or ACCOUNT_CONCURRENCY
    meaning = "" if reserved else "which reserves none, so that the function can use all of the account, "
    yield candidate.finding(
        RESERVED,
        f"{meaning}but an instance of the database can get {executions:,} (execution environments) x "
        f"{of_each} ({POOL_SIZE}, {_endpoints(of_each // pool_size)}) + {FOR_OTHERS} (for operators and RDS) "
        f"= {executions * of_each + FOR_OTHERS:,} connections, and accepts {database.max_connections:,} "
        f"({MAX_CONNECTIONS} of {database.group}). Set it to a number from 1 to {most}, or use a class with "
        "more memory and raise max_connections.",
    )


def _endpoints(number: int) -> str:
    return "for 1 of 2 endpoints" if number == 1 else f"for {number} endpoints of a single instance"


def _existing(candidate: Candidate, stack: BuiltStack) -> Mapping[str, Any]:
    """Return the resources of a stack that exist in the environment."""
    decided = {name: candidate.text(name) for name in stack.in_files if candidate.knows(name)}
    resolver = resolving.Resolver(
        stack.template, decided, stack.parameters.keys() - decided, region=stack.region
    )
    return {
        logical_id: resource
        for logical_id, resource in stack.resources.items()
        if "Condition" not in resource or resolver.condition(resource["Condition"]) is not truth_of(False)
    }


def _pool_size(resources: Mapping[str, Any]) -> int | None:
    for resource in resources.values():
        if resource["Type"] == "AWS::Lambda::Function":
            environment = resource.get("Properties", {}).get("Environment", {})
            number = _whole_number(environment.get("Variables", {}).get(POOL_SIZE))
            if number:
                return number
    return None


def _database(resources: Mapping[str, Any]) -> Database | None:
    instances = [each for each in resources.values() if each["Type"] == "AWS::RDS::DBInstance"]
    for logical_id, resource in resources.items():
        if resource["Type"] == "AWS::RDS::DBParameterGroup":
            parameters = resource.get("Properties", {}).get("Parameters", {})
            number = _whole_number(parameters.get(MAX_CONNECTIONS))
            if number and instances:
                return Database(logical_id, number, len(instances))
    return None


def _whole_number(value: Any) -> int | None:
    """Return a literal number; None for a formula of RDS, or a value of a deploy."""
    if isinstance(value, (int, str)) and str(value).isdecimal():
        return int(value)
    return None
