"""API calls of the commands that read an account, and for each command the IAM policy of only these calls.

Some calls return origin keys in clear: those for distributions the header that CloudFront sends to the API,
and those for API keys the values of the keys. The commands do not keep them, but a user of the policy can
read them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from cfn_analysis.model import data_files
from csr_templates.hand_over import drift_reads
from csr_templates.hand_over.operator_statements import OWN_ACCOUNT, allow_reading
from csr_templates.hand_over.policy_documents import allow, divided, in_documents
from csr_templates.hand_over.services import used_services

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cfn_analysis.model.built_stack import BuiltStack, Document
    from csr_templates.hand_over.deploy_scopes import DeployTables
    from csr_templates.hand_over.operator_statements import Names

PREFLIGHT: Final = "preflight"
DEPLOYED: Final = "deployed"
VERIFY: Final = "verify"
DETECT_DRIFT: Final = "detect-drift"
"""What ``verify --detect-drift`` needs in addition to ``VERIFY``."""

CALLS: Final[Mapping[str, Mapping[str, Sequence[str]]]] = data_files.document(
    Path(__file__).with_name("operator_calls.json")
)
"""Name of a policy -> boto3's name of a service -> the read operations that its command calls."""

# Operation -> the resource that it reads. Only GET of API keys returns their values.
_API_GATEWAY: Final = {
    "GetAccount": "account",
    "GetApiKey": "apikeys/*",
    "GetRestApis": "restapis",
    "GetStage": "restapis/*/stages/*",
    "GetUsagePlanKeys": "usageplans/*/keys",
    "GetUsagePlans": "usageplans",
}
_PREFIXES: Final = {"service-quotas": "servicequotas"}
_ACTIONS: Final = {
    # The first one starts the detection, and CloudFormation calls the second one for each resource.
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
    ("cloudformation", "DetectStackDrift"): (
        "cloudformation:DetectStackDrift",
        "cloudformation:DetectStackResourceDrift",
    ),
    ("s3", "HeadBucket"): ("s3:ListBucket",),
    # Without s3:ListBucket, S3 answers 403 instead of 404 for an object that does not exist.
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
    ("s3", "HeadObject"): ("s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"),
    ("s3", "GetObject"): ("s3:GetObject", "s3:GetObjectVersion"),
    ("s3", "ListBuckets"): ("s3:ListAllMyBuckets",),
    **{("apigateway", operation): ("apigateway:GET",) for operation in _API_GATEWAY},
}
"""Operations whose IAM action has another name.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_s3.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_apigateway.html
"""

_PACKAGES: Final = "arn:aws:s3:::{prefix}lambda-deployments-*/*"
_OBJECTS: Final = frozenset({"s3:GetObject", "s3:GetObjectVersion"})
_GET: Final = "apigateway:GET"
_WITH_TAGS: Final = frozenset({"GetApiKey", "GetStage", "GetUsagePlanKeys"})
"""Operations of API Gateway on one resource, which has the tags of the project or inherits them."""


def actions(service: str, operation: str) -> Sequence[str]:
    """Return the IAM actions that a call needs. The service has the name that boto3 gives it."""
    return _ACTIONS.get((service, operation), (f"{_PREFIXES.get(service, service)}:{operation}",))


def path(name: str, number: int = 1) -> str:
    """Return the path of a policy, relative to the output folder; only the first one has no number."""
    suffix = "" if number == 1 else f"-{number}"
    return f"operator-policies/{name}{suffix}.json"


def policies(
    name: str, names: Names, stacks: Sequence[BuiltStack], tables: Sequence[DeployTables] = ()
) -> list[Document]:
    """Return the policies of a command, for all environments of a project with these stacks.

    There is one, unless the project has many environments. A role needs all of them. ``tables`` are those of
    ``deploy_scopes`` for each stack, if the project adds some.

    Raises:
        schemas.SchemasError, resolving.ResolveError: for ``DETECT_DRIFT``, as ``iam_policies``.
    """
    used = used_services(stacks)
    needed: set[str] = set()
    for service, operations in CALLS[name].items():
        if service not in used:
            continue
        for operation in operations:
            needed.update(actions(service, operation))
    statements = [
        *allow_reading(needed - _OBJECTS - {_GET}, names, used),
        *_api_gateway(CALLS[name].get("apigateway", ()), names),
        *allow("Packages", needed & _OBJECTS, names.arns([_PACKAGES]), StringEqualsIfExists=OWN_ACCOUNT),
    ]
    if name == DETECT_DRIFT:
        statements += drift_reads.statements(names, stacks, tables)
    return in_documents(name, divided(statements))


def _api_gateway(operations: Sequence[str], names: Names) -> Iterator[Document]:
    """Allow reading API Gateway, whose only action for reading is the verb GET."""
    own = [operation for operation in operations if operation in _WITH_TAGS]
    others = [operation for operation in operations if operation not in _WITH_TAGS]
    for sid, kind, condition in (("ApiGateway", others, {}), ("ApiGatewayTags", own, names.tags)):
        if kind:
            arns = [f"arn:aws:apigateway:*::/{_API_GATEWAY[operation]}" for operation in kind]
            yield from allow(sid, [_GET], arns, StringLike=condition)
