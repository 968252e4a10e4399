import re
from typing import Any

from cfn_analysis.rules.support.documents import texts
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.words import words

# Services that act for all accounts, and send the ARN or the account.
SERVICES = words("apigateway cognito-idp elasticloadbalancing events logs s3 secretsmanager sns")


class PermissionForAnyAccount(Rule):
    """Permission that lets a service call the function for any account.

    A service calls functions for all of its customers. Without SourceArn or SourceAccount, a resource of
    another account can call the function. The ARN of a bucket has no account ID, and a deleted bucket can be
    created again by another account: a permission for S3 requires SourceAccount beside SourceArn. SNS does
    not send an account ID: use SourceArn.
    """

    id = "W9571"
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html"
    fault_class = "rights"
    looks_at = properties_of("AWS::Lambda::Permission")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        if {"SourceAccount", "PrincipalOrgID", "EventSourceToken"} & set(properties):
            return
        for principal in texts(properties.get("Principal")):
            service = re.split(r"\.[a-z]{2}-[a-z-]+-\d|\.amazonaws|\.\$", principal)[0]
            if service not in SERVICES:
                continue
            if "SourceArn" not in properties:
                account = "" if service == "sns" else ", or SourceAccount"
                yield Fault((), f"{service} can call the function for any account. Add SourceArn{account}.")
            elif service == "s3":
                yield Fault(
                    ("SourceArn",),
                    "SourceArn of a bucket has no account, and another account can own the bucket later. Add "
                    "SourceAccount: !Ref AWS::AccountId.",
                )
