import re
from collections.abc import Iterator
from typing import Any

from cfn_analysis.rules.support.documents import RESOURCE_POLICIES, TRUST, conditions, documents, texts
from cfn_analysis.rules.support.references import own_type
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.values import Path, show
from cfn_analysis.rules.support.words import named

PERMISSION = "AWS::Lambda::Permission"

SOURCES = {service: (source,) for service, source in named(__file__).items()}
ARN = re.compile(r"arn:[^:]+:([a-z0-9-]+):[^:]*:[^:]*:(.*)$", re.DOTALL)


class SourceOfAnotherService(Rule):
    """Condition on a source for which the service never acts.

    aws:SourceArn, and SourceArn of a Lambda permission, are the ARN of the resource for which the service
    acts. API Gateway calls functions for execute-api and not for apigateway, flow logs assume a role for the
    flow log and not for the VPC, and Enhanced Monitoring assumes it for the instance and not for the cluster.
    With another ARN the condition never matches, and the service has no access.
    """

    id = "E9656"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcearn"
    finding_class = "rights"
    looks_at = (*RESOURCE_POLICIES, TRUST, *properties_of(PERMISSION))

    def findings(self, validator: Validator, part: Any) -> Findings:
        is_role = own_type(validator) == "AWS::IAM::Role"
        is_permission = "FunctionName" in part
        sources = _permission(part) if is_permission else _statements(part)
        for services, text, path in sources:
            names = {re.split(r"\.amazonaws|\.\$\{", service)[0] for service in services}
            if len(names) != 1:
                continue
            (name,) = names
            beginnings = SOURCES.get(name, ())
            if is_role and name == "apigateway":
                beginnings = ()
            if is_permission and name == "events":  # an event bus calls no function
                beginnings = ("events:rule/",)
            arn = ARN.match(re.sub(r"\$\{[^}]*\}", "$", text))
            if arn is None or not beginnings:
                continue
            if not any(_meets(f"{arn[1]}:{arn[2]}", beginning) for beginning in beginnings):
                yield RuleFinding(
                    path,
                    f"{path[-1]} is {show(text)}, and {name} acts for an ARN of "
                    f"{' or '.join(beginning.strip(':/') for beginning in beginnings)}: the condition is "
                    "never met, and the service is refused.",
                )


def _meets(resource: str, beginning: str) -> bool:
    """Return whether an ARN's service and resource begin like this, up to the first unknown part."""
    literal = re.split(r"[$*?]", resource)[0]
    return literal.startswith(beginning) or beginning.startswith(literal)


def _permission(properties: Any) -> Iterator[tuple[list[str], str, Path]]:
    for text in texts(properties.get("SourceArn")):
        yield texts(properties.get("Principal")), text, ("SourceArn",)


def _statements(policy: Any) -> Iterator[tuple[list[str], str, Path]]:
    for statement, path in documents(policy):
        principal = statement.get("Principal")
        services = texts(principal.get("Service")) if isinstance(principal, dict) else []
        if not services:
            continue
        for operator, key, value, place in conditions(statement):
            listed = texts(value)
            if key.lower() == "aws:sourcearn" and "Not" not in operator and len(listed) == 1:
                yield services, listed[0], (*path, *place)
