"""The roles that services assume: which service, and what it needs."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from cfnlint.jsonschema import Validator

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.documents import texts
from cfn_analysis.rules.support.lambdas import called_function
from cfn_analysis.rules.support.policies import INTERFACES, TRACES
from cfn_analysis.rules.support.references import find_resource, ids_in, sub_text, target
from cfn_analysis.rules.support.targets import FUNCTIONS, KEY, QUEUE, TOPIC, key_id
from cfn_analysis.rules.support.values import Path, branches, place, show, values
from cfn_analysis.rules.support.words import rows, words

Actions = tuple[str, ...]
# What a value asks for: actions, and the resource of the template on which; empty if any.
Asked = tuple[Actions, str]

FUNCTION = "AWS::Lambda::Function"

# Type of what a service calls -> the actions on it.
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
SENDS: dict[str, Actions] = {
    **dict.fromkeys(FUNCTIONS, ("lambda:InvokeFunction",)),
    QUEUE: ("sqs:SendMessage",),
    TOPIC: ("sns:Publish",),
}
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
READS: dict[str, Actions] = {
    QUEUE: ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
}
WRITE_LOG = ("logs:CreateLogStream", "logs:PutLogEvents")
ACCOUNT = words("""
    logs:CreateLogGroup logs:CreateLogStream logs:DescribeLogGroups logs:DescribeLogStreams
    logs:PutLogEvents logs:GetLogEvents logs:FilterLogEvents
""")


class ServiceRole(NamedTuple):
    """A role that a service assumes for a resource, and what a property asks of it."""

    kind: str
    role: str
    """Path of the property with the role; ``FunctionName`` for that of the function."""
    service: str
    """The principal that assumes the role."""
    value: str = ""
    """Path of the property beside it that asks for the actions; empty if the role is sufficient."""
    actions: Any = ()
    """The actions, by the type of the target if it depends on it, or a function of the value."""
    effect: str = "the service cannot do its work"
    only: str = ""
    """The only value that asks for the actions; empty for all."""
    checked: bool = False
    """Whether the service tries the actions when the resource is created."""
    required: bool = False
    """Whether the service refuses the resource without a role, unless a resource policy is sufficient."""


def _integration(_validator: Validator, integration: Any) -> Iterator[Asked]:
    """Yield what the integration of a REST API with a service asks for."""
    for text in texts(integration.get("Uri")):
        found = re.search(r":apigateway:(?:\$\{AWS::Region\}|[^:]*):([a-z0-9-]+):(path|action)/(\w*)", text)
        service, kind, name = found.groups() if found else ("", "", "")
        if kind == "path":  # the action is in the request
            sent = re.search(r"Action=(\w+)", show(integration))
            name = "InvokeFunction" if service == "lambda" else sent[1] if sent else ""
        if is_action(f"{service}:{name}"):
            yield (f"{service}:{name}",), ""


def _function_log(case: Validator, function: Any) -> Iterator[Asked]:
    """Yield what the log of a function asks for: on its log group, if that is in the template."""
    group, _ = target(case, value_at(function, ("LoggingConfig", "LogGroup")), "AWS::Logs::LogGroup")
    yield WRITE_LOG, group


@cache
def service_actions() -> Mapping[str, Any]:
    """Return the services with their actions and resources, from cfn-lint's data."""
    text = files("cfnlint.data.AdditionalSpecs").joinpath("Policies.json").read_text("utf-8")
    services: dict[str, Any] = json.loads(text)
    return services


def is_action(name: str) -> bool:
    """Return whether IAM has an action."""
    service, _, action = name.partition(":")
    return action.lower() in service_actions().get(service, {}).get("Actions", {})


# What a property asks for, by the name in the table.
ACTIONS: dict[str, Any] = {
    "account": ACCOUNT,
    "function-log": _function_log,
    "integration": _integration,
    "interfaces": INTERFACES,
    "key": {KEY: ("kms:Decrypt",)},
    "log": WRITE_LOG,
    "monitoring": ("logs:CreateLogGroup", "logs:PutRetentionPolicy", *WRITE_LOG),
    "reads": READS,
    "sends": SENDS,
    "traces": TRACES,
}

# What a service does by a resource policy, without a role.
WITHOUT_ROLE = ("lambda:InvokeFunction", "sqs:SendMessage", "sns:Publish")


def _service_role(line: str) -> ServiceRole:
    """Return a row of the table."""
    columns, _, effect = line.partition(": ")
    kind, role, service, value, asks, *options = [*columns.split(), "", ""]
    given = dict(option.partition("=")[::2] for option in options)
    actions = ACTIONS.get(asks) or tuple(filter(None, asks.split(",")))
    value = value.strip("-")
    return ServiceRole(
        f"AWS::{kind}",
        role,
        f"{service}.amazonaws.com",
        value,
        actions,
        effect,
        given.get("only", ""),
        "checked" in given,
        "required" in given,
    )


SERVICE_ROLES = tuple(_service_role(line) for line in rows(__file__))


def asked(
    validator: Validator, resources: Any, service_role: ServiceRole, properties: Any
) -> Iterator[tuple[Path, Any, Asked, Validator]]:
    """Yield place and value of a role, and what it must allow, for each case."""
    *above, last = service_role.role.split("/")
    if service_role.role == "Roles/*":
        above, last = ["Roles"], "*"
    if above and above[0] not in properties:
        return
    for parent, where in branches(validator, properties, *above):
        for role, case in branches(where, parent, last) if isinstance(parent, dict | list) else ():
            holder = role
            if role is None and not service_role.required:
                continue
            if service_role.role == "FunctionName":
                function = find_resource(case, called_function(case, role)[0], FUNCTION)[1]
                holder = function.get("Role", "")
            for actions, there in _asked(case, resources, service_role, parent):
                yield place(case, validator), holder, actions, there


def _asked(
    case: Validator, resources: Any, service_role: ServiceRole, parent: Any
) -> Iterator[tuple[Asked, Validator]]:
    if not service_role.value:
        needed = (
            service_role.actions(case, parent)
            if callable(service_role.actions)
            else [(service_role.actions, "")]
        )
        yield from ((actions, case) for actions in needed)
        return
    steps = service_role.value.split("/")
    if not isinstance(parent, dict) or steps[0] not in parent:
        return
    seen: list[Any] = []
    for value, where in branches(case, parent, *steps):
        if value is None or (value, where.context.conditions.status) in seen:
            continue
        seen.append((value, where.context.conditions.status))
        if isinstance(service_role.actions, dict):
            named = (
                ids_in(sub_text(value) or "")
                if KEY not in service_role.actions
                else [key_id(resources, value)]
            )
            kinds = ((name, resources.get(name, {}).get("Type")) for name in named)
            yield from (
                ((service_role.actions[kind], name), where)
                for name, kind in kinds
                if kind in service_role.actions
            )
        elif callable(service_role.actions):
            yield from ((actions, where) for actions in service_role.actions(where, value))
        elif not service_role.only or any(known == service_role.only for known, _ in values(where, value)):
            yield (service_role.actions, ""), where
