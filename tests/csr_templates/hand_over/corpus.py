"""The requests of ``requests.yaml``, in the form of the policy evaluator."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from cfn_analysis.model.schemas import data_folder
from csr_templates import STACKS
from tests.alarm_subjects import alarms_of, short_name
from tests.data import read_yaml

from .policy_evaluator import Request, Value

ACCOUNT = "111122223333"
REGIONS = {stack.name: stack.region for stack in STACKS}
EXPECTATIONS = ("may", "not", "limit")

_SENDS_TAGS = re.compile(r".*:(Create|Allocate|Tag|Untag|Add|Put(Metric|Dash|Delivery)|Replicate|POST|PUT).*")
_BEGINNINGS = {
    "apigateway": "arn:aws:apigateway:{region}::",
    "cloudfront": "arn:aws:cloudfront::{account}:",
    "iam": "arn:aws:iam::{account}:",
    "route53": "arn:aws:route53:::",
    "s3": "arn:aws:s3:::",
    "cloudwatch dashboard": "arn:aws:cloudwatch::{account}:",
}


_ALSO = {"logs:DeleteDeliverySource": ["delivery-source"]}
"""Kinds of resource that the reference forgets: it gives this action the kind of its sister."""


_ALSO_ANY = {"cloudwatch:GetMetricData"}
"""Actions with a kind of resource in the reference that most requests do not have: metrics have no ARN."""

_TAGS_OF_API_GATEWAY = re.compile("arn:aws:apigateway:[^:]*::/tags/.*")
"""The reference lists no condition keys for these, but AWS limits changing them by tags of the resource.
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-iam-policy.html
"""

_ALARM_OF = re.compile(r"\{alarm of (\w+)\}")
"""Stands for the name of an alarm of a stack, without project and environment: any alarm can be removed."""


def tags_by_key(tags: Any) -> dict[str, Any]:
    """Return key -> value of the tags of a resource; most types have a list, and some a map."""
    if isinstance(tags, Mapping):
        return dict(tags)
    return {tag["Key"]: tag["Value"] for tag in tags}


class PolicyCase(NamedTuple):
    """A request, its caller, and the expected decision.

    Attributes:
        stack: stack of the role.
        role: ``pipeline`` or ``service``.
        deleting: whether the policies for deleting are attached too.
        expected: ``may``, ``not`` or ``limit``.
        why: the reason.
        request: the request without the condition keys of the way in which it is made.
        own_tags: tags of the request, to which CloudFormation adds its own.
    """

    stack: str
    role: str
    deleting: bool
    expected: str
    why: str
    request: Request
    own_tags: Mapping[str, str]

    def variants(self) -> Iterator[Request]:
        """Yield the request in each way in which it can be made.

        The AWS documentation says both that a call with a service role has no keys of a forward access
        session, and that it has. If CloudFormation adds its own tags to those of the template, the request
        contains both.
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/fas-requests-and-permission-evaluation.html
        In its error messages, CloudWatch Logs names a log group with and without an empty log stream.
        """
        for request in _forms(self.request):
            yield from self._sessions(request)

    def _sessions(self, request: Request) -> Iterator[Request]:
        yield request
        if self.role == "service":
            session: dict[str, Value] = {
                "aws:ViaAWSService": "true",
                "aws:CalledVia": ["cloudformation.amazonaws.com"],
                "aws:CalledViaFirst": "cloudformation.amazonaws.com",
                "aws:CalledViaLast": "cloudformation.amazonaws.com",
            }
            system = _of_stack(self.stack) if self.own_tags else {}
            sent = {f"aws:RequestTag/{key}": value for key, value in system.items()}
            keys = {"aws:TagKeys": [*self.own_tags, *system]} if system else {}
            yield request._replace(context={**request.context, **session, **sent, **keys})

    def __str__(self) -> str:
        """Return the caller and the request in words."""
        deleting = " deleting" if self.deleting else ""
        request = f"{self.request.action} on {self.request.resource}"
        return f"{self.stack} {self.role}{deleting}: {request} ({self.why})"


def _forms(request: Request) -> Iterator[Request]:
    """Yield a request with each ARN that a service uses for the same resource."""
    yield request
    if ":log-group:" in request.resource:
        yield request._replace(resource=f"{request.resource}:log-stream:")


def requests() -> list[PolicyCase]:
    """Return the corpus, without stacks that are not in the listing."""
    cases: list[PolicyCase] = []
    for who, entries in _content().items():
        words = who.split()
        if words[0] not in REGIONS:
            continue
        for entry in entries:
            cases += cases_of(words, entry, tag_sets())
    return cases


def tag_sets() -> dict[str, Mapping[str, str]]:
    """Return the words for sets of tags."""
    tags: dict[str, Mapping[str, str]] = _content()["tags"]
    return tags


@cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = read_yaml(Path(__file__).with_name("requests.yaml"))
    return content


def cases_of(
    who: list[str], entry: Mapping[str, Any], sets: Mapping[str, Mapping[str, str]]
) -> Iterator[PolicyCase]:
    """Yield the requests of an entry.

    Args:
        who: stack, role and possibly ``deleting``.
        entry: in the form of ``requests.yaml``.
        sets: words for sets of tags.
    """
    stack, role, *deleting = who
    (expected,) = set(entry) & set(EXPECTATIONS)
    if unknown := set(entry) - {expected, "arn", "is", "sends", "with", "why"}:
        raise ValueError(f"{entry} has {unknown}")
    resources = entry["arn"] if isinstance(entry["arn"], list) else [entry["arn"]]
    for action in entry[expected]:
        for resource in resources:
            arn = _arn(_ALARM_OF.sub(lambda match: _alarm(match[1]), resource), REGIONS[stack])
            context = _everywhere(stack, role, arn)
            for key, value in _tags(entry.get("is", []), sets).items():
                context[f"aws:ResourceTag/{key}"] = value
            sent = _tags(entry.get("sends", []), sets) if _SENDS_TAGS.fullmatch(action) else {}
            for key, value in sent.items():
                context[f"aws:RequestTag/{key}"] = value
            if sent:
                context["aws:TagKeys"] = list(sent)
            context |= entry.get("with", {})
            present = {key: value for key, value in context.items() if value is not None}
            request = Request(action, arn, present)
            yield PolicyCase(stack, role, bool(deleting), expected, entry["why"], request, sent)


@cache
def _alarm(stack_name: str) -> str:
    """Return the short name of the first alarm of a stack; another name if there is no such stack."""
    for stack in STACKS:
        if stack.name == stack_name:
            alarm, *_ = alarms_of(stack.build().to_dict()["Resources"]).values()
            return short_name(alarm)
    return f"{stack_name}-removed"


def _everywhere(stack: str, role: str, arn: str) -> dict[str, Value]:
    """Return the keys of all requests."""
    name = f"deploy-csr-lambda-api-prod-{stack}-{role}"
    context: dict[str, Value] = {
        "aws:PrincipalAccount": ACCOUNT,
        "aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/{name}",
        "aws:PrincipalTag/Environment": "prod",
        "aws:PrincipalTag/Project": "csr-lambda-api",
        "aws:RequestedRegion": REGIONS[stack],
        "aws:SecureTransport": "true",
    }
    if arn != "*":
        _, _, _, region, account, _ = arn.split(":", 5)
        context["aws:RequestedRegion"] = region or REGIONS[stack]
        context["aws:ResourceAccount"] = account or ACCOUNT
    return context


def _arn(resource: str, region: str) -> str:
    """Return the ARN for the short form ``service resource``."""
    if resource == "*" or resource.startswith("arn:"):
        return resource
    service, _, rest = resource.partition(" ")
    usual = f"arn:aws:{service}:{{region}}:{{account}}:"
    kind = rest.partition("/")[0]
    beginning = _BEGINNINGS.get(f"{service} {kind}") or _BEGINNINGS.get(service, usual)
    return beginning.format(region=region, account=ACCOUNT) + rest


def _tags(words: str | list[str], sets: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return the tags for a word or a list of words."""
    if isinstance(words, str):
        words = [words]
    tags: dict[str, str] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if equals:
            tags[key] = value
        elif word in sets:
            tags |= sets[word]
        else:
            tags |= _of_stack(word)
    return tags


def _of_stack(stack: str) -> dict[str, str]:
    """Return the tags that CloudFormation adds to the resources of a stack."""
    name = f"csr-lambda-api-prod-{stack}"
    identifier = f"arn:aws:cloudformation:{REGIONS[stack]}:{ACCOUNT}:stack/{name}/1f0a"
    return {"aws:cloudformation:stack-name": name, "aws:cloudformation:stack-id": identifier}


@cache
def condition_keys(action: str, arn: str) -> frozenset[str] | None:
    """Return the condition keys of the resource types that an ARN can have for an action.

    They come from the copy of AWS's service authorization reference in cfn-lint. None: the action does not
    exist, or it does not support such an ARN.
    """
    service = _services().get(action.partition(":")[0], {"Actions": {}, "Resources": {}})
    entry = service["Actions"].get(action.partition(":")[2].lower())
    if entry is None:
        return None
    names = [*entry.get("Resources", []), *_ALSO.get(action, [])]
    kinds = [service["Resources"][name.lower()] for name in names]
    if arn == "*":
        return None if kinds and action not in _ALSO_ANY else frozenset()
    fitting = [kind for kind in kinds if _has_format(kind, arn)]
    if not fitting:
        return None
    if _TAGS_OF_API_GATEWAY.fullmatch(arn):
        return frozenset({"aws:ResourceTag/${TagKey}"})
    keys: set[str] = set()
    for kind in fitting:
        keys.update(kind.get("ConditionKeys", []))
    return frozenset(keys)


def _has_format(kind: Mapping[str, Any], arn: str) -> bool:
    """Return whether an ARN has a format of a kind of resource."""
    patterns = [re.sub(r"\$\{\w+\}", "[^:]*", arn_format) for arn_format in kind["ARNFormats"]]
    return any(re.fullmatch(pattern, arn) for pattern in patterns)


@cache
def _services() -> dict[str, Any]:
    file = data_folder() / "AdditionalSpecs" / "Policies.json"
    services: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return services
