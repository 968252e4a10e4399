"""The services that use a function, queue, topic, bucket or key of the template by its resource policy."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from cfnlint.jsonschema import Validator

from cfn_analysis.rules.support.references import first_id, ids_in, sub_text
from cfn_analysis.rules.support.targets import BUCKET, FUNCTIONS, KEY, QUEUE, TOPIC, key_id
from cfn_analysis.rules.support.values import Path, branches, case_of, memory, of_type, place
from cfn_analysis.rules.support.words import rows

Rights = dict[str, tuple[str, ...]]

# Type of the target -> what a service needs unless its row says otherwise.
RIGHTS: dict[str, Rights] = {
    **{key: {"lambda:InvokeFunction": ("lambda:InvokeFunction",)} for key in FUNCTIONS},
    QUEUE: {"sqs:SendMessage": ("sqs:SendMessage",)},
    TOPIC: {"sns:Publish": ("sns:Publish",)},
    BUCKET: {"s3:PutObject": ("s3:PutObject",)},
}
DECRYPT: Rights = {"kms:Decrypt": ("kms:Decrypt",)}
DATA_KEY: Rights = {"kms:GenerateDataKey*": ("kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext")}
BOTH = DECRYPT | DATA_KEY


class Caller(NamedTuple):
    """A property in which a service finds what it calls."""

    kind: str
    """Type of the resource."""
    path: str
    """Path of the property; ``*`` is every item, or every property."""
    service: str
    """The principal up to its first dot; empty for any."""
    effect: str
    """What happens without the permission."""
    targets: tuple[str, ...] = FUNCTIONS
    source: str = ""
    """The property beside it with the resource for which the service calls, ``/`` before one of the resource.

    Empty if it calls for the resource itself, ``-`` if the source is not known.
    """
    role: str = ""
    """The property beside it with a role, which the service uses instead."""
    only_with: str = ""
    """The property beside it without which the service does not call, or ``Key=value``."""
    rights: Rights | None = None
    default: bool = False
    """Whether the policy that a topic has by default allows the service."""
    named: bool = False
    """Whether only a policy that names the service is checked; the service writes another one itself."""
    checked: bool = False
    """Whether the service tries the call when the resource is created."""
    key_rights: Rights | None = BOTH
    """What the service needs on the key of the target; None if it cannot use an encrypted target."""


class CalledTarget(NamedTuple):
    """What a service calls in one case."""

    caller: Caller
    path: Path
    """Path of the property from the resources."""
    target: str
    source: str
    properties: Any
    """Of the resource."""
    case: Validator


KEY_RIGHTS: dict[str, Rights | None] = {"both": BOTH, "data-key": DATA_KEY, "decrypt": DECRYPT, "none": None}
OBJECTS: dict[str, Rights] = {
    "read": {"s3:GetObject": ("s3:GetObject",)},
    "url": {"lambda:InvokeFunctionUrl": ("lambda:InvokeFunctionUrl",)},
}
TARGETS = {"F": FUNCTIONS, "Q": (QUEUE,), "T": (TOPIC,), "B": (BUCKET,), "K": (KEY,)}

ALARM_ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")


def _callers(line: str) -> list[Caller]:
    """Return the callers of a row of the table."""
    columns, _, effect = line.partition(": ")
    kind, path, service, letters, *written_options = columns.split()
    options = dict(option.partition("=")[::2] for option in written_options)
    target_types: list[str] = []
    for letter in letters:
        target_types += TARGETS[letter]
    rights = options.get("rights", "")
    caller = Caller(
        f"AWS::{kind}",
        path,
        "" if service == "-" else f"{service}.",
        effect,
        tuple(target_types),
        source=options.get("source", ""),
        role=options.get("role", ""),
        only_with=options.get("with", ""),
        rights=OBJECTS.get(rights) or KEY_RIGHTS.get(rights),
        default="default" in options,
        named="named" in options,
        checked="checked" in options,
        key_rights=KEY_RIGHTS[options.get("key", "both")],
    )
    if not path.startswith("ALARM/"):
        return [caller]
    return [caller._replace(path=path.replace("ALARM", name)) for name in ALARM_ACTIONS]


def _all_callers() -> tuple[Caller, ...]:
    callers: list[Caller] = []
    for line in rows(__file__):
        callers += _callers(line)
    return tuple(callers)


CALLERS = _all_callers()


def calls_of_services(validator: Validator, resources: Any) -> list[CalledTarget]:
    """Return what the services call in a template."""
    cache = memory(validator.cfn)
    if "calls of services" not in cache:
        cache["calls of services"] = list(_all_calls(validator, resources))
    calls: list[CalledTarget] = cache["calls of services"]
    return calls


def _all_calls(validator: Validator, resources: Any) -> Iterator[CalledTarget]:
    for caller in CALLERS:
        for logical_id, resource, properties in of_type(resources, caller.kind):
            case = case_of(validator, resource)
            if case is not None:
                yield from _calls(case, resources, caller, logical_id, properties)


def _calls(
    case: Validator, resources: Any, caller: Caller, logical_id: str, properties: Any
) -> Iterator[CalledTarget]:
    *parent_path, target_key = caller.path.split("/")
    if parent_path[:1] and parent_path[0] not in properties:
        return
    if target_key == "*":
        parent_path, target_key = [], caller.path
    for parent, parent_case in branches(case, properties, *parent_path):
        if not isinstance(parent, dict) or not _is_used(caller, parent):
            continue
        source = _calling_resource(caller.source, logical_id, parent, properties)
        for value, value_case in branches(parent_case, parent, *target_key.split("/")):
            target = _target(resources, value, caller.targets)
            if not target:
                continue
            call_case = case_of(value_case, resources[target])
            if call_case is not None:
                path = (logical_id, "Properties", *place(value_case, case))
                yield CalledTarget(caller, path, target, source, properties, call_case)


def _is_used(caller: Caller, parent: Any) -> bool:
    """Return whether the service calls by its resource policy, with these properties beside the target."""
    if caller.role and parent.get(caller.role):
        return False
    key, _, required_value = caller.only_with.partition("=")
    if not key:
        return True
    if required_value:
        return bool(parent.get(key) == required_value)
    return bool(parent.get(key))


def _calling_resource(name: str, logical_id: str, parent: Any, properties: Any) -> str:
    """Return the resource for which a service calls; empty if it is not known."""
    if name == "-":
        return ""
    if not name:
        return logical_id
    value = properties.get(name[1:]) if name.startswith("/") else parent.get(name)
    return first_id(sub_text(value) or "")


def _target(resources: Any, value: Any, types: tuple[str, ...]) -> str:
    """Return the resource of these types to which a value refers, by itself or in an ARN or address."""
    if types == (KEY,):
        return key_id(resources, value)
    named = ids_in(sub_text(value) or "")
    return next((name for name in named if resources.get(name, {}).get("Type") in types), "")
