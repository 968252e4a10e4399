import re
from collections.abc import Iterator
from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.documents import POLICIES
from cfn_analysis.rules.support.references import own_type
from cfn_analysis.rules.support.returns import NO_ARN
from cfn_analysis.rules.support.rule import Fault, Rule, Validator
from cfn_analysis.rules.support.values import branches, place, show

# Policies that cfn-lint does not check. It checks literal texts of all others (E3510, E3514).
UNSEEN = ("AWS::EC2::VPCEndpoint", "AWS::SecretsManager::ResourcePolicy")


class PolicyResourceWithoutArn(Rule):
    """Policy resource that is not an ARN.

    IAM requires an ARN or '*' for a resource. Ref returns a name, an ID or a URL for most types, and a text
    that begins with one is not an ARN either: IAM and S3 refuse such a policy when it is deployed, other
    services accept it, and it never matches. cfn-lint finds this only in literal texts. Use Fn::GetAtt with
    the type's ARN, in an Fn::Sub if text follows: ${Bucket.Arn}/*.
    """

    id = "E9641"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html"
    fault_class = "names"
    looks_at = POLICIES

    def faults(self, validator: Validator, policy: Any) -> Iterator[Fault]:
        for name in ("Resource", "NotResource"):
            for value, where in _each(validator, policy, name):
                known = isinstance(value, str) and own_type(validator) not in UNSEEN
                fault = "" if known else _why_not_an_arn(where, value)
                if fault:
                    yield Fault(
                        place(where, validator),
                        f"{name} is {show(value)}: {fault}. A policy requires an ARN or '*'.",
                    )


def _each(validator: Validator, policy: Any, name: str) -> Iterator[tuple[Any, Validator]]:
    """Yield every single Resource: statements and resources may be lists or single."""
    for statements, where in branches(validator, policy, "Statement"):
        steps = ["*", name] if isinstance(statements, list) else [name]
        for resources, place_of in branches(where, statements, *steps):
            yield from branches(place_of, resources, *(["*"] if isinstance(resources, list) else []))


def _why_not_an_arn(case: Validator, value: Any) -> str:
    """Return why a value cannot be an ARN; empty if it can be one, or if it is not known."""
    function, argument = is_function(value)
    if isinstance(value, str):
        return _literal(value)
    if function == "Ref":
        return _reference(case, str(argument), "")
    if function == "Fn::GetAtt":
        parts = argument if isinstance(argument, list) else str(argument).split(".", 1)
        return _reference(case, *map(str, parts)) if len(parts) == 2 else ""
    if function == "Fn::Sub":
        text, variables = (*argument, {}, {})[:2] if isinstance(argument, list) else (argument, {})
        return _begins(case, str(text), variables if isinstance(variables, dict) else {})
    if function == "Fn::Join" and isinstance(argument, list) and isinstance(argument[-1], list):
        return _why_not_an_arn(case, argument[-1][0]) if argument[-1] else ""
    return ""


def _begins(case: Validator, text: str, variables: Any) -> str:
    """Return why a text of Fn::Sub cannot be an ARN, from its beginning."""
    literal, variable = re.fullmatch(r"([^$]*)(?:\$\{([^!}][^}]*)\})?.*", text, re.DOTALL).groups()  # type: ignore[union-attr]
    if literal:
        return _literal(literal)
    if not variable:
        return ""
    if variable in variables:
        return _why_not_an_arn(case, variables[variable])
    name, _, attribute = variable.strip().partition(".")
    return _reference(case, name, attribute)


def _literal(text: str) -> str:
    """Return why a text is not an ARN; its beginning is enough."""
    if text.startswith(("arn:", "*", "{{")) or (text and "arn:".startswith(text)):
        return ""
    return f'it begins with {show(text)}, an ARN with "arn:"'


def _reference(case: Validator, logical_id: str, attribute: str) -> str:
    """Return why a reference to a resource of the template is not an ARN."""
    resource = case.context.resources.get(logical_id)
    if resource is None or resource.type not in NO_ARN:
        return ""
    what, arn = NO_ARN[resource.type]
    remedy = f"; use {logical_id}.{arn}" if arn else "; write the ARN with Fn::Sub"
    if not attribute:
        return f"Ref of an {resource.type} is its {what}{remedy}"
    return "" if "arn" in attribute.lower() else f"{attribute} of an {resource.type} is not an ARN{remedy}"
