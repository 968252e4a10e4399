"""The API call for a role."""

from csr_templates.preflight.calls import GLOBAL, ApiCall

role = ApiCall(
    "iam GetRole", "RoleName", path="Role", keep="RoleName Path", absent="NoSuchEntity", region=GLOBAL
)
"""A role; absent if it does not exist."""
