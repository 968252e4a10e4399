from typing import Any

from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.targets import targets_of
from cfn_analysis.rules.support.values import of_type

# Type -> property that takes a key. These services take any ID, and only their first use of the key fails.
KEYS = {"AWS::SNS::Topic": "KmsMasterKeyId", "AWS::SQS::Queue": "KmsMasterKeyId"}


class AsymmetricKeyForData(Rule):
    """Queue or topic that is encrypted with a key that cannot.

    Amazon SQS and Amazon SNS ask KMS for data keys, which only a symmetric key for encryption gives. They
    take the ID of any other key too, and then refuse every message. Leave KeySpec and KeyUsage out.
    """

    id = "E9788"
    source_url = "https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html"
    fault_class = "values"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        for logical_id, resource, properties in of_type(resources, *KEYS):
            name = KEYS[resource["Type"]]
            for key in targets_of(resources, properties.get(name), "AWS::KMS::Key"):
                spec = resources[key].get("Properties", {}).get("KeySpec", "SYMMETRIC_DEFAULT")
                if isinstance(spec, str) and spec != "SYMMETRIC_DEFAULT":
                    yield Fault(
                        (logical_id, "Properties", name),
                        f"{name} is {key}, whose KeySpec is {spec}: it gives no data keys, and every message "
                        "is refused. Use a symmetric key.",
                    )
