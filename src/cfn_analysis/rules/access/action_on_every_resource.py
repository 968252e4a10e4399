from collections.abc import Iterator
from typing import Any

from cfn_analysis.model.wildcards import matches
from cfn_analysis.rules.support.documents import IDENTITY_POLICIES, documents, each
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.service_roles import service_actions
from cfn_analysis.rules.support.words import words

# Services whose actions on a resource always name it. In others, an ARN is optional for some actions, such as
# that of a lexicon for polly:SynthesizeSpeech, so that "*" can be the only resource that works.
SERVICES = words(
    "dynamodb ecr events firehose kinesis kms lambda logs rds-db s3 secretsmanager sns sqs ssm states sts"
)
# A managed policy can be a permissions boundary, which allows "*" on purpose.
ROLES = tuple(path for path in IDENTITY_POLICIES if "ManagedPolicy" not in path)


class ActionOnEveryResource(Rule):
    """Action that a policy allows on every resource, although it applies to ARNs.

    A statement with Resource '*' allows the action on the resources of all other systems in the account: any
    queue, any parameter, any secret. IAM accepts it. Name the resources, with an ARN that a reference gives
    or that ends in '*', or add a condition. If the caller must reach every resource, ignore this rule on it
    and give the reason. Statements with a condition and managed policies, which can be boundaries, are not
    checked, nor is Action '*', which only administrators have.
    """

    id = "W9554"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege"
    finding_class = "rights"
    looks_at = ROLES

    def findings(self, validator: Validator, policy: Any) -> Findings:
        for statement, path in documents(policy):
            if statement.get("Effect") != "Allow" or "Condition" in statement:
                continue
            limited = list(_with_arns(statement))
            if not limited:
                continue
            for resource, place in each(statement.get("Resource"), *path, "Resource"):
                if resource == "*":
                    action, kind = limited[0]
                    yield RuleFinding(
                        place,
                        f"{action} is allowed on every resource of the account, although it applies to the "
                        f"ARN of a {kind}. Name the resources.",
                    )


def _with_arns(statement: Any) -> Iterator[tuple[str, str]]:
    """Yield the actions of a statement that apply to an ARN, with the kind of the resource."""
    for action, _ in each(statement.get("Action")):
        if not isinstance(action, str):
            continue
        service, _, pattern = action.lower().partition(":")
        if service not in SERVICES:
            continue
        for name, description in service_actions().get(service, {}).get("Actions", {}).items():
            if description.get("Resources") and matches(pattern, name):
                yield action, description["Resources"][0]
                break
