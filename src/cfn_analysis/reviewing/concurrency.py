"""Functions for which more executions are provisioned than reserved, which Lambda rejects.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from cfn_analysis.model.references import value_at
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import sentences
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import Risk, risk
from cfn_analysis.reviewing.kinds import WILL_FAIL
from cfn_analysis.reviewing.states import Stacks, existing_resources
from cfn_analysis.reviewing.values import text
from cfn_analysis.updates.resolved_stack import mentions

_FUNCTION: Final = "AWS::Lambda::Function"
_QUALIFIED: Final = ("AWS::Lambda::Alias", "AWS::Lambda::Version")
_RESERVED: Final = "ReservedConcurrentExecutions"
_PROVISIONED: Final = ("ProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions")


class _Concurrency(NamedTuple):
    """The executions reserved for a function, and those provisioned for its aliases and versions."""

    reserved: int
    provisioned: dict[Node, int]

    @property
    def is_exceeded(self) -> bool:
        """Whether more executions are provisioned than reserved."""
        return sum(self.provisioned.values()) > self.reserved


def exceeded_concurrency(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield the changes with which more executions are provisioned than reserved."""
    changed = {node for node, outcome in environment.resources.items() if outcome.change.after is not None}
    deployed = _concurrency(environment.before)
    for function, concurrency in _concurrency(environment.after).items():
        was_exceeded = function in deployed and deployed[function].is_exceeded
        if was_exceeded or not concurrency.is_exceeded:
            continue
        subjects = [node for node in (function, *concurrency.provisioned) if node in changed]
        if not subjects:
            continue
        path = _RESERVED if subjects[0] == function else ".".join(_PROVISIONED)
        yield risk(
            WILL_FAIL,
            subjects[0],
            sentences.CONCURRENCY_EXCEEDED,
            paths=(path,),
            function=function.seen_from(subjects[0].stack),
            provisioned=str(sum(concurrency.provisioned.values())),
            reserved=str(concurrency.reserved),
        )


def _concurrency(stacks: Stacks) -> dict[Node, _Concurrency]:
    """Return function -> its concurrency, if it reserves a known number of executions."""
    concurrency: dict[Node, _Concurrency] = {}
    for node, resource in existing_resources(stacks):
        if resource.type == _FUNCTION:
            reserved = _number(resource.properties.get(_RESERVED))
            if reserved is not None:
                concurrency[node] = _Concurrency(reserved, {})
    for node, resource in existing_resources(stacks):
        if resource.type not in _QUALIFIED:
            continue
        provisioned = _number(value_at(resource.properties, _PROVISIONED))
        for mention in mentions(resource.properties.get("FunctionName"), node.stack):
            if provisioned is not None and mention.target in concurrency:
                concurrency[mention.target].provisioned[node] = provisioned
    return concurrency


def _number(value: Any) -> int | None:
    written = text(value)
    return int(written) if written.isdigit() else None
