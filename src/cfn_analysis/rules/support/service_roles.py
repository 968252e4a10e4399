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
from cfn_analysis.rules.support.values import Path, branches, place, possible_values, show
from cfn_analysis.rules.support.words import rows, words

Actions = tuple[str, ...]
# What a value needs: actions, and the resource of the template on which; empty if any.
NeededActions = tuple[Actions, str]

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
    """A role that a service assumes for a resource, and what it must allow for a property."""

    kind: str
    role: str
    """Path of the property with the role; ``FunctionName`` for that of the function."""
    service: str
    """The principal that assumes the role."""
    value: str = ""
    """Path of the property beside it that needs the actions; empty if the role always needs them."""
    actions: Any = ()
    """The actions, by the type of the target if it depends on it, or a function of the value."""
    effect: str = "the service cannot do its work"
    only: str = ""
    """The only value that needs the actions; empty for all."""
    checked: bool = False
    """Whether the service tries the actions when the resource is created."""
    required: bool = False
    """Whether the service refuses the resource without a role, unless a resource policy is sufficient."""


def _integration(_validator: Validator, integration: Any) -> Iterator[NeededActions]:
    """Yield what the integration of a REST API with a service needs."""
    for text in texts(integration.get("Uri")):
        uri = re.search(r":apigateway:(?:\$\{AWS::Region\}|[^:]*):([a-z0-9-]+):(path|action)/(\w*)", text)
        if uri is None:
            continue
        service, kind, name = uri.groups()
        if kind == "path":
            name = _requested_action(service, integration)
        if is_action(f"{service}:{name}"):
            yield (f"{service}:{name}",), ""


def _requested_action(service: str, integration: Any) -> str:
    """Return the action of an integration whose URI has a path: it is in the request."""
    if service == "lambda":
        return "InvokeFunction"
    parameter = re.search(r"Action=(\w+)", show(integration))
    if parameter is None:
        return ""
    return parameter[1]


def _function_log(case: Validator, function: Any) -> Iterator[NeededActions]:
    """Yield what the log of a function needs: on its log group, if that is in the template."""
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


# What a property needs, by the name in the table.
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
    kind, role, service, value, needed, *written_options = [*columns.split(), "", ""]
    options = dict(option.partition("=")[::2] for option in written_options)
    actions = ACTIONS.get(needed) or tuple(action for action in needed.split(",") if action)
    return ServiceRole(
        f"AWS::{kind}",
        role,
        f"{service}.amazonaws.com",
        value.strip("-"),
        actions,
        effect,
        options.get("only", ""),
        "checked" in options,
        "required" in options,
    )


SERVICE_ROLES = tuple(_service_role(line) for line in rows(__file__))


def needed_actions(
    validator: Validator, resources: Any, service_role: ServiceRole, properties: Any
) -> Iterator[tuple[Path, Any, NeededActions, Validator]]:
    """Yield place and value of a role, and what it must allow, for each case."""
    *above, last = service_role.role.split("/")
    if service_role.role == "Roles/*":
        above, last = ["Roles"], "*"
    if above and above[0] not in properties:
        return
    for parent, parent_case in branches(validator, properties, *above):
        if not isinstance(parent, dict | list):
            continue
        for role, case in branches(parent_case, parent, last):
            if role is None and not service_role.required:
                continue
            holder = role
            if service_role.role == "FunctionName":
                function = find_resource(case, called_function(case, role)[0], FUNCTION)[1]
                holder = function.get("Role", "")
            for needed, needed_case in _needed(case, resources, service_role, parent):
                yield place(case, validator), holder, needed, needed_case


def _needed(
    case: Validator, resources: Any, service_role: ServiceRole, parent: Any
) -> Iterator[tuple[NeededActions, Validator]]:
    """Yield what a role must allow for the properties beside it, for each case."""
    if not service_role.value:
        yield from _needed_for(case, resources, service_role, parent)
        return
    steps = service_role.value.split("/")
    if not isinstance(parent, dict) or steps[0] not in parent:
        return
    seen: list[Any] = []
    for value, value_case in branches(case, parent, *steps):
        if value is None or (value, value_case.context.conditions.status) in seen:
            continue
        seen.append((value, value_case.context.conditions.status))
        if not service_role.only or service_role.only in possible_values(value_case, value):
            yield from _needed_for(value_case, resources, service_role, value)


def _needed_for(
    case: Validator, resources: Any, service_role: ServiceRole, value: Any
) -> Iterator[tuple[NeededActions, Validator]]:
    """Yield what a role must allow for a value: always, on the resource that it names, or by a function."""
    if isinstance(service_role.actions, dict):
        for logical_id in _resources_in(resources, service_role, value):
            kind = resources.get(logical_id, {}).get("Type")
            if kind in service_role.actions:
                yield (service_role.actions[kind], logical_id), case
    elif callable(service_role.actions):
        for needed in service_role.actions(case, value):
            yield needed, case
    else:
        yield (service_role.actions, ""), case


def _resources_in(resources: Any, service_role: ServiceRole, value: Any) -> list[str]:
    """Return the resources of the template to which a value refers; the key itself for its alias."""
    if KEY in service_role.actions:
        return [key_id(resources, value)]
    return ids_in(sub_text(value) or "")
