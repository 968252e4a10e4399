"""The functions: the alias, its version and package, and its provisioned concurrency."""

from typing import Any, NamedTuple

from csr_templates.preflight import calls, live_calls
from csr_templates.preflight.facts import Lookup, Query
from csr_templates.preflight.needs import Needs
from csr_templates.preflight.results import Check, Verdict, failed, passed, warned
from csr_templates.preflight.verifying import resources
from csr_templates.preflight.verifying.resources import DeployedResource

_ALIAS, _VERSION = "AWS::Lambda::Alias", "AWS::Lambda::Version"


class _Names(NamedTuple):
    """The names in the ARN of an alias or a version."""

    function: str
    qualifier: str


def _names(resource: DeployedResource) -> _Names:
    # arn:aws:lambda:REGION:ACCOUNT:function:NAME:QUALIFIER
    return _Names(*resource.physical_id.split(":")[6:8])


def _version(alias: DeployedResource, lookup: Lookup) -> DeployedResource | None:
    """Return the version to which the template points an alias."""
    match alias.properties.get("FunctionVersion"):
        case {"Fn::GetAtt": [str(logical_id), "Version"]}:
            return resources.find(lookup, alias.stack, logical_id)
    return None


def _judge_alias(resource: DeployedResource, _: Needs, lookup: Lookup) -> Verdict:
    function, name = _names(resource)
    alias = lookup(live_calls.alias(resource.region, function, name))
    found = lookup(live_calls.function_version(resource.region, function, name))
    if alias is None or found is None:
        return failed(f"The function {function} does not have an alias {name}.", resources.DEPLOY)
    what = f"The alias {name} of {function}"
    version = _version(resource, lookup)
    expected = _names(version).qualifier if version else alias["FunctionVersion"]
    if alias["FunctionVersion"] != expected:
        return failed(
            f"{what} points to version {alias['FunctionVersion']}, but the stack created {expected}.",
            "If this is a rollback, deploy the old package as well (docs/operations.md). Otherwise, point "
            "the alias to the version of the stack.",
        )
    if weights := (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights"):
        return failed(
            f"{what} sends a part of the requests to version {', '.join(weights)}.",
            f"Remove the weights: aws lambda update-alias --region {resource.region} --function-name "
            f"{function} --name {name} --routing-config AdditionalVersionWeights={{}}",
        )
    # https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
    if found.get("State") == "Inactive":
        return warned(
            f"Version {expected} of {function} was not invoked for a long time: the next invocation fails, "
            "and Lambda creates its resources again.",
            "Send a request, and repeat it after some minutes.",
        )
    if found.get("State") != "Active":
        return failed(
            f"Version {expected} of {function} is {found.get('State')}.",
            f"Read the reason: aws lambda get-function-configuration --region {resource.region} "
            f"--function-name {function} --qualifier {expected}",
        )
    return passed(f"{what} points to version {expected}, which is active.")


def _judge_package(resource: DeployedResource, needs: Needs, lookup: Lookup) -> Verdict:
    function, name = _names(resource)
    found = lookup(live_calls.function_version(resource.region, function, name)) or {}
    version = _version(resource, lookup)
    description = None
    if version:
        properties = resources.as_deployed(version.stack, version.logical_id, needs, lookup)
        description = properties.get("Description")
    if isinstance(description, str) and found.get("Description") != description:
        return failed(
            f"The version behind {name} of {function} is not the one asked for: its description is "
            f"'{found.get('Description')}' instead of '{description}'.",
            "Deploy the stack with the package and version that you want (docs/hand-over.md).",
        )
    package = _package(resource, needs, lookup)
    if package is None:
        return passed(f"{name} of {function} runs the version asked for.")
    stored = lookup(package)
    if stored is None:
        return failed(
            f"The package of {function} is not in its bucket any more: a rollback of the stack would fail.",
            "Upload the package again.",
        )
    digest = stored.get("ChecksumSHA256", "")
    if digest and "-" not in digest:  # the checksum of a multipart upload ends with the number of its parts
        is_equal, how = digest == found.get("CodeSha256"), "SHA-256"
    else:
        is_equal, how = stored["ContentLength"] == found.get("CodeSize"), "size"
    if not is_equal:
        return failed(
            f"The code of {function} is not the package asked for: its {how} differs.",
            "The code was changed outside of the stack. Deploy the package again.",
        )
    return passed(f"{name} of {function} runs the package asked for (same {how}).")


def _package(alias: DeployedResource, needs: Needs, lookup: Lookup) -> Query | None:
    """Return the call for the package of the function of an alias; None if its bucket is not known."""
    match alias.properties.get("FunctionName"):
        case {"Ref": str(logical_id)}:
            code = resources.as_deployed(alias.stack, logical_id, needs, lookup).get("Code", {})
            bucket = needs.known(alias.stack, code.get("S3Bucket"))
            if isinstance(bucket, str):
                version = str(code.get("S3ObjectVersion", ""))
                return calls.package(alias.region, bucket, str(code.get("S3Key", "")), version)
    return None


def _wanted(resource: DeployedResource) -> int:
    config = resource.properties.get("ProvisionedConcurrencyConfig", {})
    return int(config.get("ProvisionedConcurrentExecutions", 0))


def _judge_provisioned(resource: DeployedResource, _: Needs, lookup: Lookup) -> Verdict:
    function, name = _names(resource)
    found = lookup(live_calls.provisioned_concurrency(resource.region, function, name))
    what, wanted = f"The provisioned concurrency of {name} of {function}", _wanted(resource)
    requested = (found or {}).get("RequestedProvisionedConcurrentExecutions", 0)
    if requested != wanted:
        return failed(f"{what} is {requested} instead of {wanted}.", resource.drift)
    if not found:
        return passed(f"{what} is 0, as in the template.")
    allocated = found.get("AllocatedProvisionedConcurrentExecutions", 0)
    reason = f": {found['StatusReason'].rstrip('.')}" if found.get("StatusReason") else ""
    if found["Status"] != "READY":
        return failed(
            f"{what} is {found['Status']}, with {allocated} of {wanted} allocated{reason}.",
            "If it is IN_PROGRESS, wait, then run verify again. Otherwise, fix the reason.",
        )
    return passed(f"{what} is ready: {wanted}.")


def _judge_reserved(resource: DeployedResource, needs: Needs, lookup: Lookup) -> Verdict:
    name = resource.physical_id
    found = lookup(calls.function(resource.region, name))
    if found is None:
        return failed(f"The function {name} does not exist.", resource.drift)
    properties = resources.as_deployed(resource.stack, resource.logical_id, needs, lookup)
    expected = properties.get("ReservedConcurrentExecutions")
    reserved = found.get("ReservedConcurrentExecutions")
    if _reserved_executions(expected) == reserved:
        return passed(
            f"The reserved concurrency of {name} is {_concurrency_in_words(reserved)}, as in the template."
        )
    remedy = f"Set that of the last deploy: csr-operate {needs.environment} reset-concurrency"
    if reserved == 0:
        return failed(f"The reserved concurrency of {name} is 0: Lambda rejects every request.", remedy)
    return warned(
        f"The reserved concurrency of {name} is {_concurrency_in_words(reserved)} instead of "
        f"{_concurrency_in_words(expected)}.",
        remedy,
    )


def _reserved_executions(value: Any) -> int | None:
    return None if value is None else int(value)


def _concurrency_in_words(number: Any) -> str:
    return "none" if number is None else str(number)


CHECKS: tuple[Check, ...] = (
    resources.check(
        "alias",
        "Each alias sends all requests to the version of the stack, which is active",
        _ALIAS,
        _judge_alias,
    ),
    resources.check(
        "package",
        "The version behind each alias has the package asked for",
        _ALIAS,
        _judge_package,
    ),
    resources.check(
        "reserved-concurrency",
        "Each function has the reserved concurrency of the template",
        "AWS::Lambda::Function",
        _judge_reserved,
    ),
    resources.check(
        "provisioned-concurrency",
        "The provisioned concurrency is as in the template, and ready",
        _ALIAS,
        _judge_provisioned,
    ),
)
