"""Requests that differ from an allowed one in a single fact, and must be denied.

A resource with one of our names is limited by its name, a resource with a random ID by its tags. Both must
match exactly, and so must the region, the account, and the service to which a role is passed.
"""

import re
from collections.abc import Iterator
from typing import Final

from .corpus import PolicyCase
from .policy_evaluator import Request

_OURS: Final = "csr-lambda-api-prod"
_GENERATED: Final = re.compile(r"-(AbC123dEf456|abc123def456|AbCdEf)$")
_OPEN_ENDED: Final = re.compile(r"arn:aws:(s3:::[^/]+/|lambda:.*:function:[^:]+:|rds:.*:cluster-snapshot:)")
_PARTLY_NAMED: Final = re.compile(r"(.*?:(?:stack|global/(?:ipset|webacl))/[^/]+)(/.*)")

_OTHER_TAGS: Final = {"Project": "shop", "Environment": "dev"}
_OTHER_VALUES: Final = {
    "ec2:CreateAction": "RunInstances",
    "iam:AWSServiceName": "ecs.amazonaws.com",
    "iam:PassedToService": "ecs-tasks.amazonaws.com",
    "iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess",
    "kms:ViaService": "ec2.ap-northeast-1.amazonaws.com",
}
_REGIONAL: Final = ("ec2", "kms", "logs", "secretsmanager")
_WITH_POLICIES: Final = ("kms", "lambda", "s3", "secretsmanager", "sns", "sqs")
_STRANGER: Final = "444455556666"
_BY_NAME_TAG: Final = ("arn:aws:kms:", ":security-group/")
"""What several stacks of a region have, under random IDs: the tag ``Name`` tells which of them."""


def near_misses(case: PolicyCase) -> Iterator[tuple[str, Request]]:
    """Yield the difference and the request, for a request that is allowed."""
    request = case.request
    if _OURS in request.resource:
        for resource in _other_names(request.resource):
            yield "another name", request._replace(resource=resource)
    else:
        for key, value in _other_tags(request):
            yield f"{key} is {value}", _with(request, {key: value})
    for key, value in _OTHER_VALUES.items():
        if key in request.context:
            yield f"{key} is {value}", _with(request, {key: value})
    yield from _elsewhere(request)


def _other_tags(request: Request) -> Iterator[tuple[str, str]]:
    """Yield a condition key and a different value, for each tag that limits the request."""
    by_name = request.action == "kms:CreateKey" or any(part in request.resource for part in _BY_NAME_TAG)
    for key, value in request.context.items():
        kind, _, tag = key.partition("/")
        if kind not in ("aws:ResourceTag", "aws:RequestTag"):
            continue
        if tag in _OTHER_TAGS:
            yield key, _OTHER_TAGS[tag]
        elif tag == "Name" and by_name and "ec2:CreateAction" not in request.context:
            yield key, f"{value}-2"


def _other_names(arn: str) -> Iterator[str]:
    yield arn.replace(_OURS, "csr-lambda-api-dev")
    yield arn.replace(_OURS, "csr-lambda-api-production")
    yield arn.replace(_OURS, "shop-prod")
    if _OPEN_ENDED.match(arn):
        return
    if generated := _GENERATED.search(arn):
        yield f"{arn[: generated.start()]}Other{generated[0]}"
    elif partly := _PARTLY_NAMED.fullmatch(arn):
        yield f"{partly[1]}-mailer{partly[2]}"
    else:
        yield f"{arn}-mailbox"  # six letters could be the random part of the ARN of a secret


def _elsewhere(request: Request) -> Iterator[tuple[str, Request]]:
    """Yield the request in another region, and in another account whose resources might allow us."""
    if request.resource == "*":
        if request.action.partition(":")[0] in _REGIONAL:
            yield "another region", _with(request, {"aws:RequestedRegion": "eu-west-1"})
        return
    _, _, service, region, account, rest = request.resource.split(":", 5)
    if region:
        arn = f"arn:aws:{service}:eu-west-1:{account}:{rest}"
        yield "another region", _with(request._replace(resource=arn), {"aws:RequestedRegion": "eu-west-1"})
    if service in _WITH_POLICIES and ":Create" not in request.action:
        arn = f"arn:aws:{service}:{region}:{account and _STRANGER}:{rest}"
        yield "another account", _with(request._replace(resource=arn), {"aws:ResourceAccount": _STRANGER})


def _with(request: Request, keys: dict[str, str]) -> Request:
    return request._replace(context={**request.context, **keys})
