"""The API call for keys."""

from csr_templates.preflight.calls import ApiCall

keys = ApiCall("kms ListKeys", path="Keys", keep="KeyId")
"""The KMS keys of a region."""
