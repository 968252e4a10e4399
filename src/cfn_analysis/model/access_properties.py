"""Properties that grant access, of any resource type, by their names and the shape of their values.

A policy is a mapping, or its JSON, with statements that have an Effect. So a property of a new type is
recognized too. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cfn_analysis.model.intrinsics import is_unknown
from cfn_analysis.model.references import as_list
from cfn_analysis.model.schemas import SchemasError, property_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfn_analysis.model.references import Place

_POLICY_NAME: Final = re.compile(r"Polic(y|ies)(Document|Text|Data|Json|Content|Statement)?$")
_PRINCIPAL_NAME: Final = re.compile(r"(^|[a-z])Principals?(Arn|ARN|Id|Identifier)?$")
_MANAGED_POLICIES_NAME: Final = re.compile(r"^(Customer)?ManagedPolic(ies|yArns|yReferences)$")

# What it is -> properties, or types with a property, that are named like a policy or a principal.
_HARMLESS: Final = {
    "names of TLS versions and protocols": "AlpnPolicy HttpsPolicy OriginProtocolPolicy SecurityPolicy "
    "SslPolicy TLSSecurityPolicy TlsPolicy ViewerProtocolPolicy",
    "instructions to browsers": "BrowserPolicy ContentSecurityPolicy ReferrerPolicy",
    "delivery of messages": "ArchivePolicy DeliveryPolicy FilterPolicy NotificationPolicy RedriveAllowPolicy "
    "RedrivePolicy ReplayPolicy",
    "how long something is kept": "AWS::OpenSearchServerless::LifecyclePolicy.Policy "
    "AWS::SSM::Parameter.Policies LifecyclePolicy LifecyclePolicyText SnapshotPolicy",
    "masking and indexes of data": "DataProtectionPolicy FieldIndexPolicies",
    "checks of other resources": "AWS::Bedrock::Guardrail.Policies AWS::Config::ConfigRule.PolicyText "
    "AWS::Config::OrganizationConfigRule.PolicyText",
    "how the resource itself works": "AnswerPolicy ApplicationAutoScalingPolicies AutoImportPolicy DnsPolicy "
    "ImagePullPolicy KerberosPrincipal LanguageSelectionPolicy ReputationEntityPolicy SafeguardPolicy "
    "TerminationPolicies AWS::ECR::PullTimeUpdateExclusion.PrincipalArn",
}
GRANTS_NOTHING: Final = frozenset(" ".join(_HARMLESS.values()).split())
"""Properties that are named like a policy or principal but grant nothing, some with their type."""


class Grant(NamedTuple):
    """A mapping with a principal, which it allows something.

    Attributes:
        place: its path from the properties.
        key: the property with the principal.
        value: the mapping.
    """

    place: Place
    key: str
    value: Mapping[str, Any]


def is_policy(value: Any) -> bool:
    """Return whether a value, or a branch of it, is a policy document of IAM, or its JSON."""
    match value:
        case str():
            return value.lstrip().startswith("{") and '"Statement"' in value and '"Effect"' in value
        case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), _]}:
            return is_policy(text)
        case {"Fn::If": [_, yes, no, *_]}:
            return is_policy(yes) or is_policy(no)
        case {"Statement": statements}:
            return _has_effect(statements)
    return False


def _has_effect(statements: Any) -> bool:
    match statements:
        case str():
            return '"Effect"' in statements
        case list():  # an empty one grants nothing
            return not statements or any(_has_effect(statement) for statement in statements)
        case {"Fn::If": [_, yes, no, *_]}:
            return _has_effect(yes) or _has_effect(no)
    return isinstance(statements, Mapping) and "Effect" in statements


def parsed(policy: Any) -> Any:
    """Return the content of a policy that is JSON, with texts of a Sub as Subs; None for another text."""
    match policy:
        case {"Fn::Sub": str(text)}:
            return _substituted(parsed(text), {})
        case {"Fn::Sub": [str(text), variables]}:
            return _substituted(parsed(text), variables)
        case str():
            try:
                return json.loads(policy)
            except ValueError:
                return None
    return policy


def _substituted(value: Any, variables: Any) -> Any:
    match value:
        case str():
            if "${" in value:
                return {"Fn::Sub": [value, variables]}
            return value
        case list():
            return [_substituted(part, variables) for part in value]
        case dict():
            return {key: _substituted(part, variables) for key, part in value.items()}
    return value


def policies(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Yield the place and the document of each policy in the properties of a resource, at any depth."""
    if is_policy(value):
        yield place, value
        return
    for step, part in _parts(value):
        if not isinstance(part, str) or is_policy(part):
            yield from policies(part, (*place, *step))


def managed_policies(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Yield the place and the value of each list of managed policies in the properties of a resource."""
    for step, part in _parts(value):
        if isinstance(step[-1], str) and _MANAGED_POLICIES_NAME.search(step[-1]):
            yield (*place, *step), part
        else:
            yield from managed_policies(part, (*place, *step))


def grants(type_name: str, value: Any, place: Place = ()) -> Iterator[Grant]:
    """Yield the mappings in the properties of a resource that name a principal outside a policy."""
    if is_policy(value):
        return
    if isinstance(value, Mapping):
        for key, principal in value.items():
            if is_principal(type_name, key) and not isinstance(principal, bool):
                yield Grant(place, key, value)
                return
    for step, part in _parts(value):
        if not isinstance(part, str):
            yield from grants(type_name, part, (*place, *step))


def other_policies(type_name: str, region: str, value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Yield what is named like a policy but is not a policy of IAM, as far as it is known.

    It has another language, or is known only in the deployed stack. Parts of the type's own configuration,
    whose properties the schema lists, are not included.
    """
    if is_policy(value):
        return
    for step, part in _parts(value):
        inner = (*place, *step)
        path = schema_path(inner)
        name = next((key for key in reversed(path) if key != "*"), "")
        if (
            is_policy_name(type_name, name)
            and not is_policy(part)
            and _is_free(type_name, region, path, part)
        ):
            yield inner, part
        else:
            yield from other_policies(type_name, region, part, inner)


def is_policy_name(type_name: str, name: str) -> bool:
    """Return whether a property is named like a policy, and not known to grant nothing."""
    is_named = _POLICY_NAME.search(name) and not _MANAGED_POLICIES_NAME.search(name)
    return bool(is_named) and not _grants_nothing(type_name, name)


def is_principal(type_name: str, name: str) -> bool:
    """Return whether a property is named like a principal, and not known to grant nothing."""
    return bool(_PRINCIPAL_NAME.search(name)) and not _grants_nothing(type_name, name)


def _grants_nothing(type_name: str, name: str) -> bool:
    return name in GRANTS_NOTHING or f"{type_name}.{name}" in GRANTS_NOTHING


def schema_path(place: Place) -> tuple[str, ...]:
    """Return a place as ``schemas.property_schema`` has it: without functions, ``*`` for items of a list."""
    if "Fn::If" in place:
        at = place.index("Fn::If")
        return schema_path((*place[:at], *place[at + 2 :]))
    return tuple("*" if isinstance(step, int) else step for step in place)


def _is_free(type_name: str, region: str, path: tuple[str, ...], value: Any) -> bool:
    """Return whether the schema of a type has a property, and allows any text or object in it."""
    if isinstance(value, list):  # its items are looked at
        return False
    try:
        schema = property_schema(type_name, region, path)
        above = property_schema(type_name, region, path[:-1]) if len(path) > 1 else {}
    except SchemasError:
        return False
    if above and path[-1] != "*" and path[-1] not in above.get("properties", {}):  # a key that a user chose
        return False
    alternatives = [schema, *schema.get("oneOf", []), *schema.get("anyOf", []), *schema.get("allOf", [])]
    is_listed = any({"properties", "items", "enum"} & set(listed) for listed in alternatives)
    kinds = schema.get("type", "object")
    return bool(schema) and not is_listed and bool({"object", "string"} & {*as_list(kinds)})


def _parts(value: Any) -> Iterator[tuple[Place, Any]]:
    """Yield step and value of each part of a mapping or list; for Fn::If, both branches."""
    if isinstance(value, str):  # most are
        return
    match value:
        case {"Fn::If": [_, yes, no, *_]}:
            yield ("Fn::If", 1), yes
            yield ("Fn::If", 2), no
        case list():
            for index, part in enumerate(value):
                yield (index,), part
        case Mapping() if not is_unknown(value):
            for key, part in value.items():
                yield (key,), part
