"""The API call for the caller."""

from csr_templates.preflight.calls import GLOBAL, ApiCall

identity = ApiCall("sts GetCallerIdentity", keep="Account Arn", region=GLOBAL)
"""The caller and the account."""
