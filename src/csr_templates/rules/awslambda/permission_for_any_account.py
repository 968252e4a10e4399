"""A permission says for whom a service may call the function."""

from __future__ import annotations

import re
from typing import Any

from csr_templates.rules.support.documents import texts
from csr_templates.rules.support.rule import Fault, Faults, Rule, Validator, properties_of

# Services that act for all of their customers, and say for which.
SERVICES = (
    "apigateway",
    "cognito-idp",
    "elasticloadbalancing",
    "events",
    "logs",
    "s3",
    "secretsmanager",
    "sns",
)


class PermissionForAnyAccount(Rule):
    """Permission for a service that calls the function for any account.

    A service calls a function for each of its customers. Without SourceArn, or SourceAccount, the resource
    of another account may call the function. The ARN of a bucket has no account: the bucket may be deleted
    and created by someone else, so a permission for S3 needs SourceAccount beside SourceArn. SNS sends no
    account: give it SourceArn.
    """

    id = "W9571"
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html"
    tags = ["resources", "lambda"]
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
                yield Fault(
                    (), f"{service} may call the function for any account. Add SourceArn, or SourceAccount."
                )
            elif service == "s3":
                yield Fault(
                    ("SourceArn",),
                    "SourceArn of a bucket has no account, and the bucket may become someone else's. Add "
                    "SourceAccount: !Ref AWS::AccountId.",
                )
