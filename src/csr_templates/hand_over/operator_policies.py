"""API calls of the commands that read an account, and for each command the IAM policy of only these calls.

Some calls return origin keys in clear: those for distributions the header that CloudFront sends to the API,
and those for API keys the values of the keys. The commands do not keep them, but a user of the policy can
read them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from csr_templates.hand_over.policy_documents import allow, in_documents
from csr_templates.hand_over.services import used_services

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cfn_analysis.model.built_stack import BuiltStack, Document

PREFLIGHT: Final = "preflight"
DEPLOYED: Final = "deployed"
VERIFY: Final = "verify"

CALLS: Final[Mapping[str, Mapping[str, Sequence[str]]]] = json.loads(
    Path(__file__).with_name("operator_calls.json").read_bytes()
)
"""Name of a policy -> boto3's name of a service -> the read operations that its command calls."""

# Operation -> the resource that it reads. Only GET of API keys returns their values.
_API_GATEWAY: Final = {
    "GetAccount": "account",
    "GetApiKey": "apikeys/*",
    "GetRestApis": "restapis",
    "GetUsagePlanKeys": "usageplans/*/keys",
    "GetUsagePlans": "usageplans",
}
_PREFIXES: Final = {"service-quotas": "servicequotas"}
_ACTIONS: Final = {
    ("s3", "HeadBucket"): ("s3:ListBucket",),
    ("s3", "HeadObject"): ("s3:GetObject", "s3:GetObjectVersion"),
    ("s3", "GetObject"): ("s3:GetObject", "s3:GetObjectVersion"),
    ("s3", "ListBuckets"): ("s3:ListAllMyBuckets",),
    **{("apigateway", operation): ("apigateway:GET",) for operation in _API_GATEWAY},
}
"""Operations whose IAM action has another name.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_s3.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_apigateway.html
"""

_PACKAGES: Final = "arn:aws:s3:::*-lambda-deployments-*/*"
_OBJECTS: Final = frozenset({"s3:GetObject", "s3:GetObjectVersion"})


def actions(service: str, operation: str) -> Sequence[str]:
    """Return the IAM actions that a call needs. The service has the name that boto3 gives it."""
    return _ACTIONS.get((service, operation), (f"{_PREFIXES.get(service, service)}:{operation}",))


def path(name: str) -> str:
    """Return the path of a policy, relative to the output folder."""
    return f"operator-policies/{name}.json"


def policy(name: str, stacks: Iterable[BuiltStack]) -> Document:
    """Return the policy of a command, which is the same for all projects and environments of these stacks."""
    used = used_services(stacks)
    calls = {service: names for service, names in CALLS[name].items() if service in used}
    needed = {
        action for service, names in calls.items() for call in names for action in actions(service, call)
    }
    get = {"apigateway:GET"}
    resources = [f"arn:aws:apigateway:*::/{_API_GATEWAY[call]}" for call in calls.get("apigateway", ())]
    statements = [
        *allow("Calls", needed - _OBJECTS - get, ["*"]),
        *allow("ApiGateway", needed & get, resources),
        *allow("Packages", needed & _OBJECTS, [_PACKAGES]),
    ]
    (document,) = in_documents(name, statements)
    return document
