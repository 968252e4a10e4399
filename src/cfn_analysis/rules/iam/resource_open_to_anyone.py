from collections.abc import Iterator
from typing import Any

from cfn_analysis.model.access_properties import grants, parsed, policies
from cfn_analysis.model.references import as_list
from cfn_analysis.rules.support.documents import each, open_to_anyone
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import Path

# Public by purpose, as websites, APIs and function URLs are, or checked by another rule, as roles are. The
# policy of a VPC endpoint only limits. A domain of OpenSearch in a VPC is open to its security groups only.
NOT_CHECKED = {
    "AWS::ApiGateway::DomainNameV2",
    "AWS::ApiGateway::RestApi",
    "AWS::EC2::VPCEndpoint",
    "AWS::ECR::PublicRepository",
    "AWS::IAM::Role",
    "AWS::Lambda::Permission",
    "AWS::S3::AccessPoint",
    "AWS::S3::BucketPolicy",
    "AWS::Serverless::Api",
}
# Properties that limit a grant to everyone.
LIMITS = {"Condition", "OrganizationId"}
MESSAGE = (
    "{} is '*' and there is no Condition: anyone can do this, from any account. Specify an account or a "
    "service, or add a condition."
)


class ResourceOpenToAnyone(Rule):
    """Queue, topic, key or other resource that anyone can use.

    Principal '*' in an Allow statement of a resource policy means every AWS account, and callers without an
    account. Without a condition, anyone can send to the queue, publish to the topic, or use the key. Name the
    account or the service, or add a condition, for example on aws:SourceArn or aws:PrincipalOrgID.
    """

    id = "W9658"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous"
    fault_class = "rights"
    looks_at = ("Resources/*",)

    def faults(self, validator: Validator, resource: Any) -> Faults:
        kind, properties = str(resource.get("Type")), resource.get("Properties")
        if kind in NOT_CHECKED or (isinstance(properties, dict) and "VPCOptions" in properties):
            return
        for path, written in policies(properties, ("Properties",)):
            for policy, inner in each(written, *path):
                for place in _open_statements(policy, inner):
                    yield Fault(place, MESSAGE.format("Principal"))
        for grant in grants(kind, properties, ("Properties",)):
            if "*" in as_list(grant.value[grant.key]) and not LIMITS & set(grant.value):
                yield Fault((*grant.place, grant.key), MESSAGE.format(grant.key))


def _open_statements(policy: Any, place: Path) -> Iterator[Path]:
    """Yield the path of the Principal of each open statement, or of the policy if it is JSON."""
    document = parsed(policy)
    if isinstance(document, dict):
        for path in open_to_anyone(document):
            yield (*place, *path, "Principal") if document is policy else place
