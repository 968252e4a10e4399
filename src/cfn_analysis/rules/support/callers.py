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


class Called(NamedTuple):
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


def _callers(line: str) -> Iterator[Caller]:
    """Yield the callers of a row of the table."""
    columns, _, effect = line.partition(": ")
    kind, path, service, targets, *options = columns.split()
    given = dict(option.partition("=")[::2] for option in options)
    rights = given.get("rights", "")
    for name in ALARM_ACTIONS if path.startswith("ALARM/") else ("",):
        yield Caller(
            f"AWS::{kind}",
            path.replace("ALARM", name),
            "" if service == "-" else f"{service}.",
            effect,
            tuple(kind for letter in targets for kind in TARGETS[letter]),
            source=given.get("source", ""),
            role=given.get("role", ""),
            only_with=given.get("with", ""),
            rights=OBJECTS.get(rights) or KEY_RIGHTS.get(rights),
            default="default" in given,
            named="named" in given,
            checked="checked" in given,
            key_rights=KEY_RIGHTS[given.get("key", "both")],
        )


CALLERS = tuple(caller for line in rows(__file__) for caller in _callers(line))


def called(validator: Validator, resources: Any) -> list[Called]:
    """Return what the services call in a template."""
    cache = memory(validator.cfn)
    if "called" not in cache:
        cache["called"] = [
            call
            for caller in CALLERS
            for logical_id, resource, properties in of_type(resources, caller.kind)
            if (case := case_of(validator, resource))
            for call in _calls(case, resources, caller, logical_id, properties)
        ]
    calls: list[Called] = cache["called"]
    return calls


def _calls(
    case: Validator, resources: Any, caller: Caller, logical_id: str, properties: Any
) -> Iterator[Called]:
    *above, last = caller.path.split("/")
    if above[:1] and above[0] not in properties:
        return
    if last == "*":
        above, last = [], caller.path
    for parent, where in branches(case, properties, *above):
        if not isinstance(parent, dict) or (caller.role and parent.get(caller.role)):
            continue
        key, _, wanted = caller.only_with.partition("=")
        if key and (not parent.get(key) or (wanted and parent[key] != wanted)):
            continue
        source = _source(caller.source, logical_id, parent, properties)
        for value, there in branches(where, parent, *last.split("/")):
            target = _target(resources, value, caller.targets)
            if target and (exists := case_of(there, resources[target])):
                path = (logical_id, "Properties", *place(there, case))
                yield Called(caller, path, target, source, properties, exists)


def _source(name: str, logical_id: str, parent: Any, properties: Any) -> str:
    if not name or name == "-":
        return "" if name else logical_id
    value = properties.get(name[1:]) if name.startswith("/") else parent.get(name)
    return first_id(sub_text(value) or "")


def _target(resources: Any, value: Any, types: tuple[str, ...]) -> str:
    """Return the resource of these types to which a value refers, by itself or in an ARN or address."""
    if types == (KEY,):
        return key_id(resources, value)
    named = ids_in(sub_text(value) or "")
    return next((name for name in named if resources.get(name, {}).get("Type") in types), "")
