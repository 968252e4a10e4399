from typing import Any

from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value, property_scenarios


class ReplicationWithoutVersions(Rule):
    """Replication of a bucket without versioning.

    S3 replicates only buckets whose versioning is enabled, and refuses ReplicationConfiguration otherwise.
    """

    id = "E9709"
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html"
    fault_class = "protections"
    looks_at = properties_of("AWS::S3::Bucket")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        if "ReplicationConfiguration" not in properties or properties.get("ObjectLockEnabled"):
            return
        names = ("ReplicationConfiguration", "VersioningConfiguration")
        for found, case in property_scenarios(validator, properties, *names):
            versions = found.get("VersioningConfiguration", {})
            status = only_value(case, versions.get("Status", "Off")) if isinstance(versions, dict) else None
            if "ReplicationConfiguration" in found and status in ("Off", "Suspended"):
                yield Fault(
                    ("ReplicationConfiguration",),
                    "ReplicationConfiguration is set{when}, and the bucket keeps no versions: S3 refuses it. "
                    "Set VersioningConfiguration: {Status: Enabled}.",
                    case,
                )
