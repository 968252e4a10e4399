"""The API call for keys."""

from csr_templates.preflight.calls import ApiCall

keys = ApiCall("kms ListKeys", path="Keys", keep="KeyId")
"""The KMS keys of a region."""

key = ApiCall(
    "kms DescribeKey",
    "KeyId",
    path="KeyMetadata",
    keep="Arn KeyState DeletionDate",
    absent="NotFoundException",
)
"""The state of a key; absent if it does not exist."""
