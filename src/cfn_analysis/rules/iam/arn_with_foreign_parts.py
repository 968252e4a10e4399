import re
from typing import Any

from cfn_analysis.rules.support.documents import POLICIES, TRUST, conditions, documents, texts
from cfn_analysis.rules.support.references import plain
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.values import show
from cfn_analysis.rules.support.words import columns

PARTS = {
    service: (region == "region", account == "account") for service, region, account in columns(__file__)
}

# Service: what a resource of it begins with, with the right separator.
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
BEGINNINGS = {
    "dynamodb": ("table/", "global-table/"),
    "kinesis": ("stream/",),
    "kms": ("key/", "alias/"),
    "lambda": ("function:", "layer:", "event-source-mapping:"),
    "logs": ("log-group:", "destination:"),
    "rds-db": ("dbuser:",),
    "secretsmanager": ("secret:",),
    "states": ("stateMachine:", "execution:", "activity:"),
}

# Other resources of S3 and Route 53 have a region, an account, or both.
OTHERWISE = re.compile(
    r"s3:(accesspoint|access-grants|async-request|job|storage-lens)|route53:(domains|recovery)"
)


class ArnWithForeignParts(Rule):
    """ARN with a part that its service does not have, or without one that it has.

    The ARN of a bucket has neither region nor account, that of a role or a distribution no region; those of
    functions, queues, topics, tables, keys and log groups have both; and the ARN of a secret ends with a
    hyphen and six random characters. IAM compares part by part, so the policy is deployed and never matches.
    Write arn:aws:s3:::BUCKET, arn:aws:iam::ACCOUNT:role/NAME, arn:aws:lambda:REGION:ACCOUNT:function:NAME,
    arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-??????.
    """

    id = "E9650"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html"
    finding_class = "names"
    looks_at = (*POLICIES, TRUST)

    def findings(self, validator: Validator, policy: Any) -> Findings:
        for statement, path in documents(policy):
            arns: list[tuple[str, list[str], tuple[str | int, ...]]] = [
                (name, texts(statement.get(name)), (name,)) for name in ("Resource", "NotResource")
            ]
            arns += [
                (key, texts(value), place_of)
                for operator, key, value, place_of in conditions(statement)
                if operator.startswith("Arn") or key.lower().endswith("arn")
            ]
            for name, listed, place_of in arns:
                for text in listed:
                    problem = _problem(text, listed)
                    if problem:
                        yield RuleFinding(
                            (*path, *place_of), f"{name} is {show(text)}, but {problem}: it never matches."
                        )


def _problem(arn: str, listed: list[str]) -> str:
    """Return what is wrong with an ARN of a list; empty if nothing is, or if it is not known."""
    parts = plain(arn).split(":", 5)
    if len(parts) < 6 or parts[0] != "arn" or parts[2] not in PARTS:
        return ""
    _, _, service, region, account, resource = parts
    if OTHERWISE.match(f"{service}:{resource}"):
        return ""
    has_region, has_account = PARTS[service]
    if has_region and not region:
        return f"an ARN of {service} has a region"
    if not has_region and region not in ("", "*"):
        return f"an ARN of {service} has no region"
    if has_account and not account:
        return f"an ARN of {service} has an account"
    if not has_account and account not in ("", "*"):
        return f"an ARN of {service} has no account"
    begins = BEGINNINGS.get(service, ())
    if _letters(resource) in [_letters(begin) for begin in begins] and not resource.startswith(begins):
        return f"its last part begins with {' or '.join(show(begin) for begin in begins)}"
    if service == "secretsmanager" and _lacks_suffix(arn, resource, listed):
        return "an ARN of a secret ends with six random characters, NAME-??????"
    return ""


def _lacks_suffix(arn: str, resource: str, listed: list[str]) -> bool:
    """Return whether the ARN of a secret is only its name, and is not listed with a suffix too.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
    """
    if not re.fullmatch(r"secret:[^:]*[^:*?$]", resource) or re.search(r"-[A-Za-z0-9]{6}$", resource):
        return False
    return not any(text.startswith(f"{arn}-") for text in listed)


def _letters(resource: str) -> str:
    """Return the letters of the first part of a resource: those of ``db-user:`` are those of ``dbuser:``."""
    first = re.match(r"[A-Za-z-]+(?=[:/])", resource)
    if first:
        return first[0].replace("-", "").lower()
    return " "
