import re
from typing import Any

from cfn_analysis.rules.support.documents import RESOURCE_POLICIES, TRUST, conditions, documents, texts
from cfn_analysis.rules.support.references import own_type
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.words import words

PERMISSION = "AWS::Lambda::Permission"
# Services that act for all of their customers, and send aws:SourceArn or aws:SourceAccount with it.
SERVICES = words("""
    s3 sns cloudtrail config logging.s3 delivery.logs cloudfront cloudwatch budgets ses events.rds
    codestar-notifications logs
""")
# Services that do so when they call a function.
CALLERS = words("apigateway cognito-idp elasticloadbalancing events logs s3 secretsmanager sns")
# Services that send them when they assume a role, as their pages advise: a condition there costs nothing.
# https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Monitoring.OS.Enabling.html
OF_ROLES = ("monitoring.rds", "vpc-flow-logs")
READING = ("kms:DescribeKey", "s3:GetBucketAcl", "s3:ListBucket")
SOURCES = ("aws:source", "aws:principalorg", "kms:encryptioncontext", "kms:viaservice", "kms:calleraccount")


class ServicePrincipalWithoutSource(Rule):
    """Service that can act for any account.

    S3 sends the events of any bucket to a topic that allows s3.amazonaws.com to publish, and
    CloudTrail writes the trail of any account into a bucket that allows it. AWS calls it the confused deputy
    problem, and these services send the source, flow logs and Enhanced Monitoring also when they assume a
    role: add aws:SourceArn or aws:SourceAccount (in a key policy the encryption context does too). An
    AWS::Lambda::Permission needs SourceArn or SourceAccount. The ARN of a bucket has no account ID, and a
    deleted bucket can be created again by another account: a permission for S3 requires SourceAccount beside
    SourceArn. SNS does not send an account ID: use SourceArn.
    """

    id = "W9653"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html#cross-service-confused-deputy-prevention"
    finding_class = "rights"
    looks_at = (*RESOURCE_POLICIES, TRUST, *properties_of(PERMISSION))

    def findings(self, validator: Validator, part: Any) -> Findings:
        if own_type(validator) == PERMISSION:
            yield from _permission_for_any_account(part)
        else:
            yield from _statements_for_any_account(validator, part)


def _permission_for_any_account(properties: Any) -> Findings:
    """Yield the services that can call a function for any account."""
    if {"SourceAccount", "PrincipalOrgID", "EventSourceToken"} & set(properties):
        return
    for principal in texts(properties.get("Principal")):
        service = re.split(r"\.[a-z]{2}-[a-z-]+-\d|\.amazonaws|\.\$", principal)[0]
        if service not in CALLERS:
            continue
        if "SourceArn" not in properties:
            account = "" if service == "sns" else ", or SourceAccount"
            yield RuleFinding((), f"{service} can call the function for any account. Add SourceArn{account}.")
        elif service == "s3":
            yield RuleFinding(
                ("SourceArn",),
                "SourceArn of a bucket has no account, and another account can own the bucket later. Add "
                "SourceAccount: !Ref AWS::AccountId.",
            )


def _statements_for_any_account(validator: Validator, policy: Any) -> Findings:
    """Yield the statements that let a service act for any account."""
    checked = SERVICES
    if own_type(validator) == "AWS::IAM::Role":
        checked = OF_ROLES
    for statement, path in documents(policy):
        principal = statement.get("Principal")
        services = texts(principal.get("Service")) if isinstance(principal, dict) else []
        keys = [key.lower() for _, key, _, _ in conditions(statement)]
        open_to = [name for name in services if re.split(r"\.(amazonaws|\$)", name)[0] in checked]
        needs_no_condition = any(key.startswith(SOURCES) for key in keys) or _reads_only(statement)
        if statement.get("Effect") == "Allow" and open_to and not needs_no_condition:
            yield RuleFinding(
                (*path, "Principal"),
                f"{open_to[0]} can do this for any AWS account. Add a condition on aws:SourceArn or "
                "aws:SourceAccount.",
            )


def _reads_only(statement: Any) -> bool:
    """Return whether the actions only read the configuration of the resource."""
    actions = texts(statement.get("Action"))
    return bool(actions) and all(action in READING for action in actions)
