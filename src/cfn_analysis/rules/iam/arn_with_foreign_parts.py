import re
from typing import Any

from cfn_analysis.rules.support.documents import POLICIES, TRUST, conditions, documents, texts
from cfn_analysis.rules.support.references import plain
from cfn_analysis.rules.support.rule import Finding, Findings, Rule, Validator
from cfn_analysis.rules.support.values import show
from cfn_analysis.rules.support.words import rows

PARTS = {
    service: (region == "region", account == "account")
    for service, region, account in map(str.split, rows(__file__))
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
            found: list[tuple[str, list[str], tuple[str | int, ...]]] = [
                (name, texts(statement.get(name)), (name,)) for name in ("Resource", "NotResource")
            ]
            found += [
                (key, texts(value), place_of)
                for operator, key, value, place_of in conditions(statement)
                if operator.startswith("Arn") or key.lower().endswith("arn")
            ]
            for name, values_of, place_of in found:
                for text in values_of:
                    problem = _problem(text, values_of)
                    if problem:
                        yield Finding(
                            (*path, *place_of), f"{name} is {show(text)}, but {problem}: it never matches."
                        )


def _problem(arn: str, others: list[str]) -> str:
    parts = plain(arn).split(":", 5)
    if len(parts) < 6 or parts[0] != "arn" or parts[2] not in PARTS:
        return ""
    if OTHERWISE.match(f"{parts[2]}:{parts[5]}"):
        return ""
    for part, name, has in zip(parts[3:5], ("region", "account"), PARTS[parts[2]], strict=True):
        if has and not part:
            return f"an ARN of {parts[2]} has {'an' if name == 'account' else 'a'} {name}"
        if not has and part not in ("", "*"):
            return f"an ARN of {parts[2]} has no {name}"
    begins = BEGINNINGS.get(parts[2], ())
    if _letters(parts[5]) in map(_letters, begins) and not parts[5].startswith(begins):
        return f"its last part begins with {' or '.join(map(show, begins))}"
    # https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
    if parts[2] == "secretsmanager" and re.fullmatch(r"secret:[^:]*[^:*?$]", parts[5]):
        whole = re.search(r"-[A-Za-z0-9]{6}$", parts[5]) or any(text.startswith(f"{arn}-") for text in others)
        return "" if whole else "an ARN of a secret ends with six random characters, NAME-??????"
    return ""


def _letters(resource: str) -> str:
    """Return the letters of the first part of a resource: those of ``db-user:`` are those of ``dbuser:``."""
    first = re.match(r"[A-Za-z-]+(?=[:/])", resource)
    return first[0].replace("-", "").lower() if first else " "
