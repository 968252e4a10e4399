"""The API call for a role."""

from csr_templates.preflight.calls import GLOBAL, Call

role = Call(
    "iam GetRole", "RoleName", path="Role", keep="RoleName Path", absent="NoSuchEntity", region=GLOBAL
)
"""A role; absent if it does not exist."""
