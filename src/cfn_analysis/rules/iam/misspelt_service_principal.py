from typing import Any

from cfn_analysis.rules.support.documents import RESOURCE_POLICIES, TRUST, documents, texts
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.words import nearest, rows, words

SERVICES = words(" ".join(rows(__file__)))
DOMAINS = ("amazonaws.com", "amazonaws.com.cn", "amazon.com", "aws.internal", "${AWS::URLSuffix}")
TAKEN_FOR = {
    "flowlogs": "vpc-flow-logs",
    "flow-logs": "vpc-flow-logs",
    "vpcflowlogs": "vpc-flow-logs",
    "ecs-task": "ecs-tasks",
    "ecstasks": "ecs-tasks",
    "rds.monitoring": "monitoring.rds",
    "rds.events": "events.rds",
    "stepfunctions": "states",
    "api-gateway": "apigateway",
    "eventbridge": "events",
    "elb": "elasticloadbalancing",
    "cloudwatchlogs": "logs",
    "cloudwatch.logs": "logs",
}


class MisspeltServicePrincipal(Rule):
    """Service principal that does not exist.

    IAM refuses a trust policy with a service that does not exist, and so do the policies of most resources:
    'Invalid principal in policy'. Some differ from the name of the service: Step Functions is states,
    EventBridge is events, flow logs are vpc-flow-logs. All end with amazonaws.com, hardly any with
    amazon.com.
    """

    id = "E9649"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services"
    fault_class = "names"
    looks_at = (*RESOURCE_POLICIES, TRUST)

    def faults(self, validator: Validator, policy: Any) -> Faults:
        for statement, path in documents(policy):
            principal = statement.get("Principal")
            services = principal.get("Service") if isinstance(principal, dict) else None
            for name in texts(services):
                meant = _meant(name)
                if meant:
                    yield Fault(
                        (*path, "Principal", "Service"),
                        f"Principal contains the service {name}, which AWS does not have. Did you mean "
                        f"{meant}?",
                    )


def _meant(name: str) -> str:
    """Return the principal similar to a misspelt one; empty if it is not misspelt."""
    service = next((name.removesuffix(f".{end}") for end in DOMAINS if name.endswith(f".{end}")), "")
    if not service:
        near = nearest(name.partition(".")[2], DOMAINS[:1], 0.75)
        return f"{name.partition('.')[0]}.amazonaws.com" if near and "${" not in name else ""
    if service in TAKEN_FOR:
        return f"{TAKEN_FOR[service]}.amazonaws.com"
    if name.endswith(".amazon.com"):
        return f"{service}.amazonaws.com" if service in SERVICES else ""
    if service in SERVICES or "." in service or "$" in service:
        return ""
    close = nearest(service, SERVICES, 0.86)
    return f"{close}.amazonaws.com" if close else ""
