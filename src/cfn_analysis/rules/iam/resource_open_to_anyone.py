from typing import Any

from cfn_analysis.rules.support.documents import open_to_anyone
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator

LOOKED_AT = (
    "Resources/AWS::KMS::Key/Properties/KeyPolicy",
    "Resources/AWS::SNS::TopicPolicy/Properties/PolicyDocument",
    "Resources/AWS::SQS::QueuePolicy/Properties/PolicyDocument",
    "Resources/AWS::SecretsManager::ResourcePolicy/Properties/ResourcePolicy",
)


class ResourceOpenToAnyone(Rule):
    """Queue, topic, key or secret that anyone can use.

    Principal '*' in an Allow statement of a resource policy means every AWS account, and callers without an
    account. Without a condition, anyone can send to the queue, publish to the topic, or use the key. Name the
    account or the service, or add a condition, for example on aws:SourceArn or aws:PrincipalOrgID.
    """

    id = "W9658"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous"
    fault_class = "rights"
    looks_at = LOOKED_AT

    def faults(self, validator: Validator, policy: Any) -> Faults:
        for path in open_to_anyone(policy):
            yield Fault(
                (*path, "Principal"),
                "Principal is '*' and there is no Condition: anyone can do this, from any account. Specify "
                "an account or a service, or add a condition.",
            )
