import re
from collections.abc import Iterator
from typing import Any

from cfnlint.rules.functions.DynamicReferenceSecureString import DynamicReferenceSecureString
from cfnlint.template import Template

from cfn_analysis.rules.support.rule import Rule, RuleFinding, Validator
from cfn_analysis.rules.support.values import Path, children

REFERENCE = re.compile(r"\{\{resolve:(ssm-secure|ssm|secretsmanager):")
SECRETS = ("ssm-secure", "secretsmanager")
SECURE = frozenset(DynamicReferenceSecureString().exceptions)  # type: ignore[no-untyped-call]


class UnresolvedDynamicReference(Rule):
    """Dynamic reference in a place where CloudFormation does not resolve it.

    CloudFormation resolves {{resolve:...}} in the properties of resources, but not in UserData and in
    AWS::CloudFormation::Init, which get the text itself. It refuses secrets in outputs, in metadata, in
    custom resources and, for ssm-secure, in all except a few properties. cfn-lint finds some of these if the
    reference is plain text; this rule finds the others, and those in Fn::Sub and Fn::Join. Let the instance,
    or the function of the custom resource, read the value.
    """

    id = "E9504"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html"
    finding_class = "documents"
    looks_at = ()

    def findings(self, validator: Validator, template: Any) -> Iterator[RuleFinding]:
        for path, text in _reference_texts(template, ()):
            for kind in dict.fromkeys(REFERENCE.findall(text)):
                if problem := _why_unresolved(validator.cfn, path, kind):
                    yield RuleFinding(
                        path, f"The dynamic reference {{{{resolve:{kind}:...}}}} is in {problem}"
                    )


def _reference_texts(node: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(node, str) and "{{resolve:" in node:
        yield path, node
    for key, value in children(node):
        yield from _reference_texts(value, (*path, key))


def _why_unresolved(cfn: Template, path: Path, kind: str) -> str:
    """Return the place of the reference and the remedy; empty if it is correct or cfn-lint reports it."""
    is_inside_text = any(step in ("Fn::Sub", "Fn::Join") for step in path)
    if path[0] == "Outputs":
        if kind in SECRETS and is_inside_text:
            return "an output, which must not show a secret. Output the name or ARN of the secret instead."
        return ""
    if path[0] != "Resources" or len(path) < 3:
        return ""
    resource_type = str(cfn.get_resources().get(str(path[1]), {}).get("Type"))
    if path[2] == "Metadata":
        if "AWS::CloudFormation::Init" in path and (kind == "ssm" or is_inside_text):
            return (
                "AWS::CloudFormation::Init, where it stays a text. Let a command on the instance read the "
                "value."
            )
        if kind in SECRETS and is_inside_text:
            return "Metadata, which must not contain a secret. Remove it, or refer to the secret by its name."
        return ""
    if path[2] != "Properties":
        return ""
    if "UserData" in path:
        return "UserData, where it stays a text. Let the script on the instance read the value."
    if kind in SECRETS and resource_type.startswith(("Custom::", "AWS::CloudFormation::CustomResource")):
        if is_inside_text or kind == "secretsmanager":
            return (
                "a custom resource, which does not get secrets. Pass the name and let its function read the "
                "value."
            )
        return ""
    if kind == "ssm-secure" and is_inside_text and _pattern(path, resource_type) not in SECURE:
        return (
            f"{path[3]}, which does not accept it. Use {{{{resolve:secretsmanager:...}}}}, or let the "
            "service read the parameter itself."
        )
    return ""


def _pattern(path: Path, resource_type: str) -> str:
    """Return the path in the form of cfn-lint's tables: the type for the ID, a star for each index."""
    steps: list[str] = []
    for step in path[3:]:
        if str(step).startswith("Fn::"):
            break
        steps.append("*" if isinstance(step, int) else step)
    return "/".join(["Resources", resource_type, "Properties", *steps])
