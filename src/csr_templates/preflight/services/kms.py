"""KMS keys: their quota, and whether they can be used."""

from typing import Final

from csr_templates.preflight import deployed_resources, quotas, remedies
from csr_templates.preflight.deployed_resources import DeployedResource
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.quotas import Quota
from csr_templates.preflight.resolved_environment import ResolvedEnvironment
from csr_templates.preflight.results import Result, failed, passed
from csr_templates.preflight.services import kms_calls

_KEY: Final = "AWS::KMS::Key"

# https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
_KEYS: Final = Quota("keys", _KEY, kms_calls.keys, 100_000, "kms L-C2F1777E", noun="KMS keys")


def _judge_state(resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    """Judge a key. Without it, its database, logs, secrets or messages cannot be read.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
    """
    name = resource.logical_id
    key = lookup(kms_calls.key.query(resource.region, resource.physical_id))
    if key is None:
        return failed(
            f"The key {name} ({resource.physical_id}) does not exist: what it encrypts cannot be read.",
            "A deleted key cannot be recovered. This shows its deletion: "
            f"{remedies.deletion_in_cloudtrail(resource.physical_id, resource.region)}",
        )
    enable = remedies.csr_operate(environment, "enable-key", key["Arn"])
    if key["KeyState"] == "PendingDeletion":
        return failed(
            f"The key {name} will be deleted at {key.get('DeletionDate')}, and cannot be used until then.",
            f"Cancel the deletion, because what the key encrypts is lost with it: {enable}",
        )
    if key["KeyState"] != "Enabled":
        return failed(
            f"The key {name} is {key['KeyState']}: what it encrypts cannot be read or written.",
            f"Enable it: {enable}",
        )
    return passed(f"The key {name} is enabled.")


BEFORE_DEPLOY: Final = (
    quotas.check("key-quota", "The quota of KMS keys is sufficient for the new resources", (_KEYS,)),
)
AFTER_DEPLOY: Final = (
    deployed_resources.check("keys", "Each KMS key is enabled, and will not be deleted", _KEY, _judge_state),
)
