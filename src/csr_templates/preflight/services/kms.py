"""KMS keys: their quota."""

from typing import Final

from csr_templates.preflight import quotas
from csr_templates.preflight.quotas import Quota
from csr_templates.preflight.services import kms_calls

# https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
_KEYS: Final = Quota("keys", "AWS::KMS::Key", kms_calls.keys, 100_000, "kms L-C2F1777E", noun="KMS keys")
BEFORE_DEPLOY: Final = (
    quotas.check("key-quota", "The quota of KMS keys is sufficient for the new resources", (_KEYS,)),
)
