from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import property_scenarios
from cfn_analysis.rules.support.values import existing, mappings

NAMES = ("NoncurrentVersionExpiration", "NoncurrentVersionExpirationInDays", "NoncurrentVersionTransitions")


class NoncurrentRuleWithoutVersions(Rule):
    """Lifecycle rule for noncurrent versions in a bucket without versioning.

    A bucket keeps versions only if VersioningConfiguration.Status is Enabled. Otherwise a rule for noncurrent
    versions has no effect: enable versioning, or remove the rule. Suspended can be intended, to delete
    existing versions.
    """

    id = "W9706"
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html"
    fault_class = "protections"
    looks_at = properties_of("AWS::S3::Bucket")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        names = ("VersioningConfiguration", "LifecycleConfiguration")
        if names[1] not in properties or properties.get("ObjectLockEnabled"):
            return
        for found, case in property_scenarios(validator, properties, *names):
            if found.get("VersioningConfiguration") is not None:
                continue
            for rule in mappings(value_at(found, ("LifecycleConfiguration", "Rules"))):
                used = [name for name in NAMES if name in rule]
                if used:
                    yield Fault(
                        existing(properties, ("LifecycleConfiguration", "Rules")),
                        f"{used[0]} is set{{when}}, and the bucket keeps no versions: it does nothing. Set "
                        "VersioningConfiguration: {Status: Enabled}.",
                        case,
                    )
                    break
