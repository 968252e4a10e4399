"""The grammar of IAM policies: what services refuse, by the place of a policy.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
cfn-lint has the same grammar in its schemas ``other/iam``.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from cfn_analysis.model.access_properties import parsed
from cfn_analysis.model.intrinsics import is_unknown
from cfn_analysis.model.references import Place, as_list

IDENTITY: Final = "identity"
TRUST: Final = "trust"
RESOURCE: Final = "resource"
OTHER: Final = "other"
"""A place whose grammar is not known here: only what holds in all places is required."""

_TRUST_KEY: Final = "AssumeRolePolicyDocument"
# Types whose policies name a principal and a resource: those of rule E3512 of cfn-lint, and endpoints.
# https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
_RESOURCE_TYPES: Final = (
    "AWS::EC2::VPCEndpoint",
    "AWS::KMS::Key",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
)
_DOCUMENT_KEYS: Final = ("Version", "Id", "Statement")
_STATEMENT_KEYS: Final = (
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource",
    "Condition",
)  # fmt: skip
_VERSIONS: Final = ("2012-10-17", "2008-10-17")
_PRINCIPAL_KEYS: Final = ("AWS", "Service", "Federated", "CanonicalUser")
_ACTION: Final = re.compile(r"\*|[A-Za-z0-9*-]+:[A-Za-z0-9*?]+")
_SID: Final = re.compile(r"[A-Za-z0-9]*")
_OPERATOR: Final = re.compile(
    r"(ForAnyValue:|ForAllValues:)?"
    r"(String(Not)?Equals(IgnoreCase)?|String(Not)?Like|Numeric(Not)?Equals|Numeric(Less|Greater)Than(Equals)?"
    r"|Date(Not)?Equals|Date(Less|Greater)Than(Equals)?|Bool|BinaryEquals|(Not)?IpAddress"
    r"|Arn(Not)?(Equals|Like))(IfExists)?|Null"
)


def place_of(type_name: str, place: Place) -> str:
    """Return the kind of place that a policy in the properties of a type has."""
    if place[-1:] == (_TRUST_KEY,):
        return TRUST
    if type_name.startswith("AWS::IAM::"):
        return IDENTITY
    if type_name in _RESOURCE_TYPES:
        return RESOURCE
    return OTHER


def grammar_problems(document: Any, kind: str) -> list[str]:
    """Return what is wrong with a policy in its place; what is not known yet counts as right."""
    if is_unknown(document):
        return []
    content = parsed(document)
    if not isinstance(content, Mapping):
        return ["it is not a JSON object"]
    if is_unknown(content):
        return []
    problems = [f"it has the unknown element {key}" for key in content if key not in _DOCUMENT_KEYS]
    version = content.get("Version", _VERSIONS[0])
    if not is_unknown(version) and str(version) not in _VERSIONS:
        problems.append(f"its Version is {version}, and must be {_VERSIONS[0]}")
    written = content.get("Statement")
    if not isinstance(written, list | Mapping):
        return [*problems, "its Statement is not a statement or a list of statements"]
    if written == [] and kind in (IDENTITY, TRUST):
        problems.append("it has no statement")
    for item in as_list(written):
        for statement in _branches(item):
            problems += _problems_of_statement(statement, kind)
    if kind in (IDENTITY, TRUST):  # S3 accepts equal identifiers, as rule E3512 of cfn-lint does
        problems += _repeated_ids(as_list(written))
    return list(dict.fromkeys(problems))


def _branches(value: Any) -> Iterator[Any]:
    """Yield the statements that a value can be; nothing for one that is not known."""
    match value:
        case {"Fn::If": [_, yes, no, *_]}:
            for branch in (yes, no):
                for item in as_list(branch):
                    yield from _branches(item)
        case Mapping() if is_unknown(value):
            return
        case _:
            yield value


def _repeated_ids(statements: Sequence[Any]) -> Iterator[str]:
    """Yield the problem of each identifier that several statements have."""
    seen = set()
    for statement in statements:
        identifier = statement.get("Sid") if isinstance(statement, Mapping) else None
        if not identifier or not isinstance(identifier, str):
            continue
        if identifier in seen:
            yield f"two statements have the Sid {identifier}"
        seen.add(identifier)


def _problems_of_statement(statement: Any, kind: str) -> Iterator[str]:
    if not isinstance(statement, Mapping):
        yield "a statement is not a JSON object"
        return
    for key in statement:
        if key not in _STATEMENT_KEYS:
            yield f"a statement has the unknown element {key}"
    yield from _problems_of_effect(statement)
    yield from _problems_of_id(statement, kind)
    yield from _problems_of_pairs(statement, kind)
    for key in ("Action", "NotAction"):
        yield from _problems_of_texts(statement, key, _is_action)
    for key in ("Resource", "NotResource"):
        yield from _problems_of_texts(statement, key, _is_resource)
    for key in ("Principal", "NotPrincipal"):
        yield from _problems_of_principal(statement, key)
    yield from _problems_of_condition(statement)


def _problems_of_effect(statement: Mapping[str, Any]) -> Iterator[str]:
    effect = statement.get("Effect")
    if "Effect" not in statement:
        yield "a statement has no Effect"
    elif not is_unknown(effect) and effect not in ("Allow", "Deny"):
        yield f"an Effect is {effect}, and must be Allow or Deny"


def _problems_of_id(statement: Mapping[str, Any], kind: str) -> Iterator[str]:
    identifier = statement.get("Sid", "")
    if is_unknown(identifier):
        return
    if isinstance(identifier, Mapping | list) or identifier is None:
        yield "a Sid is not a text"
    elif kind in (IDENTITY, TRUST) and not _SID.fullmatch(str(identifier)):
        yield f"the Sid {identifier} has characters other than letters and digits"


def _problems_of_pairs(statement: Mapping[str, Any], kind: str) -> Iterator[str]:
    """Yield the problems of elements of which a statement has one, or must not have one."""
    required, forbidden = ["Action"], []
    if kind in (IDENTITY, RESOURCE):
        required.append("Resource")
    if kind in (TRUST, RESOURCE):
        required.append("Principal")
    if kind == IDENTITY:
        forbidden.append("Principal")
    if kind == TRUST:
        forbidden.append("Resource")
    for name in ("Action", "Resource", "Principal"):
        found = [key for key in (name, f"Not{name}") if key in statement]
        if len(found) == 2:
            yield f"a statement has both {name} and Not{name}"
        elif found and name in forbidden:
            yield f"a statement has {found[0]}, which a policy in this place must not have"
        elif not found and name in required:
            yield f"a statement has neither {name} nor Not{name}"


def _problems_of_texts(
    statement: Mapping[str, Any], key: str, is_right: Callable[[str], bool]
) -> Iterator[str]:
    """Yield the problems of an element that is a text or a list of texts."""
    if key not in statement:
        return
    if statement[key] == []:
        yield f"a statement has an empty list in {key}"
    for value in _known_values(statement[key]):
        if not isinstance(value, str):
            yield f"a value of {key} is not a text"
        elif not is_right(value):
            yield f"a value of {key} is not valid: {value}"


def _known_values(value: Any) -> Iterator[Any]:
    """Yield the known values of an element, one by one."""
    items = value if isinstance(value, list) else [value]
    for item in items:
        if not is_unknown(item):
            yield item


def _is_action(value: str) -> bool:
    return _ACTION.fullmatch(value) is not None


def _is_resource(value: str) -> bool:
    return "*" in value or ":" in value or "/" in value  # API Gateway expands a path


def _problems_of_principal(statement: Mapping[str, Any], key: str) -> Iterator[str]:
    if key not in statement:
        return
    value = statement[key]
    if value == "*" or is_unknown(value):
        return
    if not isinstance(value, Mapping) or not value:
        yield f"{key} is neither * nor a mapping of principals"
        return
    for name, principals in value.items():
        if name not in _PRINCIPAL_KEYS:
            yield f"{key} has the unknown kind {name}"
        if principals == []:
            yield f"{key} has an empty list of {name}"
        for principal in _known_values(principals):
            if not isinstance(principal, str | int) or not str(principal):
                yield f"a principal of {name} is not a text"


def _problems_of_condition(statement: Mapping[str, Any]) -> Iterator[str]:
    condition = statement.get("Condition", {})
    if is_unknown(condition):
        return
    if not isinstance(condition, Mapping):
        yield "a Condition is not a mapping of operators"
        return
    for operator, keys in condition.items():
        if not _OPERATOR.fullmatch(operator):
            yield f"a Condition has the unknown operator {operator}"
        if not is_unknown(keys) and (not isinstance(keys, Mapping) or not keys):
            yield f"{operator} in a Condition is not a mapping of keys"
