import re
from typing import Any

from cfn_analysis.rules.support.documents import RESOURCE_POLICIES, TRUST, conditions, documents, texts
from cfn_analysis.rules.support.references import own_type
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.words import words

# Services that act for all of their customers, and send aws:SourceArn or aws:SourceAccount with it.
SERVICES = words("""
    s3 sns cloudtrail config logging.s3 delivery.logs cloudfront cloudwatch budgets ses events.rds
    codestar-notifications logs
""")
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
    role: add aws:SourceArn or aws:SourceAccount (in a key policy the encryption context does too).
    """

    id = "W9653"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html#cross-service-confused-deputy-prevention"
    fault_class = "rights"
    looks_at = (*RESOURCE_POLICIES, TRUST)

    def faults(self, validator: Validator, policy: Any) -> Faults:
        role = own_type(validator) == "AWS::IAM::Role"
        for statement, path in documents(policy):
            principal = statement.get("Principal")
            services = texts(principal.get("Service")) if isinstance(principal, dict) else []
            keys = [key.lower() for _, key, _, _ in conditions(statement)]
            open_to = [
                name
                for name in services
                if re.split(r"\.(amazonaws|\$)", name)[0] in (OF_ROLES if role else SERVICES)
            ]
            told = any(key.startswith(SOURCES) for key in keys) or _reads_only(statement)
            if statement.get("Effect") == "Allow" and open_to and not told:
                yield Fault(
                    (*path, "Principal"),
                    f"{open_to[0]} can do this for any AWS account. Add a condition on aws:SourceArn or "
                    "aws:SourceAccount.",
                )


def _reads_only(statement: Any) -> bool:
    """Return whether the actions only read the configuration of the resource."""
    actions = texts(statement.get("Action"))
    return bool(actions) and all(action in READING for action in actions)
