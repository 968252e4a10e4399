"""The API calls for a quota: its applied value, and AWS's default."""

from functools import partial

from csr_templates.preflight.calls import ApiCall

_quota = partial(ApiCall, path="Quota", keep="QuotaName Value", absent="NoSuchResourceException")

applied_quota = _quota("service-quotas GetServiceQuota", "ServiceCode QuotaCode")
"""The applied value of a quota; absent if the quota was never changed."""

default_quota = _quota("service-quotas GetAWSDefaultServiceQuota", "ServiceCode QuotaCode")
"""The default value of a quota; absent if Service Quotas does not list it."""
