import re
from collections.abc import Iterator
from typing import Any

from cfn_analysis.rules.support.references import partial_text, single_reference
from cfn_analysis.rules.support.returns import arn_of, is_arn
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.scenarios import only_value
from cfn_analysis.rules.support.values import (
    Path,
    branches,
    case_of,
    children,
    logical_ids_in,
    of_type,
    place,
    show,
)
from cfn_analysis.rules.support.words import columns

QUEUE, TOPIC = "AWS::SQS::Queue", "AWS::SNS::Topic"


def _properties_with_arns() -> dict[str, list[list[str]]]:
    """Return type -> the paths of its properties that require an ARN."""
    by_type: dict[str, list[list[str]]] = {}
    for kind, *paths in columns(__file__):
        by_type.setdefault(f"AWS::{kind}", []).extend(path.split("/") for path in paths)
    return by_type


ARNS = _properties_with_arns()
# A subscription's endpoint of another protocol may be anything.
ENDPOINTS = (QUEUE, "AWS::Lambda::Function")

# Type -> a property with a kind of resource, the property with the resource, and the types of the kinds.
KINDS: dict[str, tuple[str, tuple[str, ...], dict[str, str]]] = {
    "AWS::RDS::EventSubscription": (
        "SourceType",
        ("SourceIds", "*"),
        {"db-instance": "AWS::RDS::DBInstance", "db-cluster": "AWS::RDS::DBCluster"},
    ),
    "AWS::SecretsManager::SecretTargetAttachment": (
        "TargetType",
        ("TargetId",),
        {kind: kind for kind in ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster")},
    ),
}
SCOPED = ("AWS::WAFv2::IPSet", "AWS::WAFv2::RegexPatternSet", "AWS::WAFv2::RuleGroup")
# Keys of texts that contain names or IDs: no ARN except at their beginning.
NAMES = re.compile(r"(Not)?Resource|ResourceId|LogGroupName|\w*(Arn|ARN)s?|aws:SourceArn")


class ReferenceInAnotherForm(Rule):
    """Reference that returns a name, an ID or a URL where an ARN is required, or the reverse.

    Ref returns the URL of a queue, the name of a function or a log group, the ID of a key, and the ARN of a
    topic or a secret. If a property requires another form, or a text needs a name and contains an ARN, the
    deployment fails, or the property names something that does not exist. Queues of a queue policy requires
    URLs. SourceIds and TargetId require the identifier of a resource of the type in SourceType or TargetType.
    """

    id = "E9513"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-ref.html"
    finding_class = "names"

    def findings(self, validator: Validator, resources: Any) -> Findings:
        types = {logical_id: resource.get("Type") for logical_id, resource in resources.items()}
        for logical_id, resource, properties in of_type(resources, *set(types.values())):
            case = case_of(validator, resource)
            if case is None:
                continue
            for path, message, finding_case in _wrong_forms(case, types, resource["Type"], properties):
                yield RuleFinding((logical_id, "Properties", *path), message, finding_case)
            for path, text in _texts_inside(properties):
                wrong = _arn_inside(types, text)
                if wrong:
                    yield RuleFinding(
                        (logical_id, "Properties", *path),
                        f"{_name(path)} is {show(text)}, in which {wrong[0]} is {wrong[1]}: the text "
                        f"matches nothing. "
                        "Write the name or the ID.",
                    )


def _wrong_forms(
    case: Validator, types: dict[str, Any], resource_type: str, properties: Any
) -> Iterator[tuple[Path, str, Validator | None]]:
    for path in ARNS.get(resource_type, []):
        if path[0] not in properties:
            continue
        for value, value_case in branches(case, properties, *path):
            logical_id, attribute = single_reference(value)
            target = str(types.get(logical_id))
            if path == ["Endpoint"] and target not in ENDPOINTS:
                continue
            right = _right(resource_type, target, logical_id, attribute)
            if right:
                yield (
                    place(value_case, case),
                    f"{_name(tuple(path))} is {show(value)}{{when}}, which is not the form of an {target} "
                    f"that it requires. Write {right}.",
                    value_case,
                )
    if resource_type in ("AWS::WAFv2::WebACL", "AWS::WAFv2::RuleGroup"):
        yield from _other_scope(case, types, properties)
    if resource_type in KINDS:
        yield from _other_kind(case, types, properties, *KINDS[resource_type])


def _right(resource_type: str, target: str, logical_id: str, attribute: str) -> str:
    """Return the reference that a property requires; empty if it has it, or if it is not known."""
    if resource_type == "AWS::SQS::QueuePolicy":
        if target == QUEUE and attribute:
            return f"Ref {logical_id}"
        return ""
    if is_arn(target, attribute) is not False:
        return ""
    return arn_of(target, logical_id)


def _other_scope(
    case: Validator, types: dict[str, Any], properties: Any
) -> Iterator[tuple[Path, str, Validator | None]]:
    """Yield the sets and groups of a web ACL that are for resources of another scope."""
    scope = properties.get("Scope")
    for logical_id in sorted(logical_ids_in(properties.get("Rules"))):
        if str(types.get(logical_id)) not in SCOPED:
            continue
        scope_of_target = case.cfn.template["Resources"][logical_id].get("Properties", {}).get("Scope")
        if isinstance(scope, str) and isinstance(scope_of_target, str) and scope != scope_of_target:
            yield (
                ("Rules",),
                f"Rules refers to {logical_id}, whose Scope is {scope_of_target}, and the own Scope is "
                f"{scope}: WAF refuses the rules. Use the same Scope.",
                None,
            )


def _other_kind(
    case: Validator,
    types: dict[str, Any],
    properties: Any,
    name: str,
    path: tuple[str, ...],
    kinds: dict[str, str],
) -> Iterator[tuple[Path, str, Validator | None]]:
    kind = str(only_value(case, properties.get(name)))
    if kind not in kinds:
        return
    for value, value_case in branches(case, properties, *path):
        logical_id, attribute = single_reference(value)
        target = types.get(logical_id)
        if target in kinds.values() and (attribute or target != kinds[kind]):
            yield (
                place(value_case, case),
                f"{path[0]} is {show(value)}{{when}}, and {name} is {kind}: it requires the identifier of "
                f"an {kinds[kind]}, which Ref returns.",
                value_case,
            )


def _texts_inside(value: Any, path: Path = (), key: str = "") -> Iterator[tuple[Path, str]]:
    """Yield the texts with references under the keys that contain names or IDs."""
    text = partial_text(value) if NAMES.fullmatch(key) else None
    if text is not None:
        yield path, text
        return
    for step, part in children(value):
        inner_key = key
        if _is_key(step):
            inner_key = str(step)
        yield from _texts_inside(part, (*path, step), inner_key)


def _is_key(step: str | int) -> bool:
    """Return whether a step is the key of a property, and not an index or a function."""
    return isinstance(step, str) and not step.startswith("Fn::") and step != "Ref"


def _arn_inside(types: dict[str, Any], text: str) -> tuple[str, str] | None:
    """Return a reference inside a text that is an ARN or a URL, and what it is."""
    if not re.fullmatch(r"[\w:/.*${}-]+", text) or ":lambda:path/" in text or "{{" in text:
        return None
    for before, logical_id, attribute in re.findall(r"(?<=([\w:/-]))\$\{(\w+)(?:\.(\w+))?\}", text):
        resource_type = str(types.get(logical_id))
        if resource_type == QUEUE and not attribute and before:
            return logical_id, "a URL"
        if is_arn(resource_type, attribute):
            return f"{logical_id}.{attribute}".rstrip("."), "an ARN"
    return None


def _name(path: Path) -> str:
    """Return the last property of a path."""
    return next(str(step) for step in reversed(path) if isinstance(step, str) and step != "*")
