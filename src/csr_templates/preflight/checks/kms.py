"""KMS keys: their quota."""

from csr_templates.preflight import calls
from csr_templates.preflight.checks import quotas
from csr_templates.preflight.checks.quotas import Quota

# https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
_KEYS = Quota("keys", "AWS::KMS::Key", calls.keys, 100_000, "kms L-C2F1777E", noun="KMS keys")
CHECKS = (quotas.check("key-quota", "The quota of KMS keys is sufficient for the new resources", (_KEYS,)),)
