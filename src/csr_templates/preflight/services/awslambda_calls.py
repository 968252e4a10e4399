"""The API calls for functions, versions and aliases, and the keys that are kept of each answer."""

from typing import Final

from csr_templates.preflight.calls import ApiCall

account_settings = ApiCall(
    "lambda GetAccountSettings",
    path="AccountLimit",
    keep="CodeSizeUnzipped ConcurrentExecutions UnreservedConcurrentExecutions",
)
"""The limits of Lambda in the account and region."""

function_concurrency = ApiCall(
    "lambda GetFunctionConcurrency",
    "FunctionName",
    keep="ReservedConcurrentExecutions",
    absent="ResourceNotFoundException",
)
"""The reserved concurrency of a function; absent if the function does not exist.

GetFunction would also show whether the function exists, but returns its environment variables.
"""

function_versions = ApiCall(
    "lambda ListVersionsByFunction",
    "FunctionName",
    path="Versions",
    keep="Version Description",
    absent="ResourceNotFoundException",
)
"""The versions of a function; absent if it does not exist. Their environment variables are not kept."""

LATEST: Final = "$LATEST"
"""The version of a function that can be changed."""

alias = ApiCall(
    "lambda GetAlias",
    "FunctionName Name",
    keep="FunctionVersion RoutingConfig",
    absent="ResourceNotFoundException",
)
"""An alias of a function; absent if it does not exist."""

function_version = ApiCall(
    "lambda GetFunctionConfiguration",
    "FunctionName Qualifier",
    keep="Version State LastUpdateStatus Description CodeSize CodeSha256",
    absent="ResourceNotFoundException",
)
"""A version, or that of an alias; absent if it does not exist. Its environment variables are not kept."""

provisioned_concurrency = ApiCall(
    "lambda GetProvisionedConcurrencyConfig",
    "FunctionName Qualifier",
    keep="RequestedProvisionedConcurrentExecutions AllocatedProvisionedConcurrentExecutions Status "
    "StatusReason",
    absent="ProvisionedConcurrencyConfigNotFoundException ResourceNotFoundException",
)
"""The provisioned concurrency of an alias; absent if it has none."""
