"""The function: its name, concurrency, package and runtime."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cfn_analysis.model.schemas import runtime_lifecycle
from csr_templates.preflight import calls, deployed
from csr_templates.preflight.checks import names
from csr_templates.preflight.checks.names import Kind
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.needs import Needs, StackNeeds
from csr_templates.preflight.results import PASS, Check, Subject, Verdict, failed, passed, warned
from csr_templates.preflight.verifying import resources

_FUNCTION = "AWS::Lambda::Function"
KEPT_UNRESERVED: Final = 100
"""Concurrency that Lambda keeps for functions without reserved concurrency.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html"""


def _functions(needs: Needs) -> Iterator[Subject]:
    for stack, logical_id, properties in needs.of_type(_FUNCTION):
        yield Subject(str(properties.get("FunctionName", logical_id)), stack, (logical_id, properties))


def _judge_concurrency(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    logical_id, properties = subject.about
    region = subject.stack.region
    reserved = int(properties.get("ReservedConcurrentExecutions", 0))
    provisioned = _provisioned(subject, logical_id)
    held = 0
    if deployed.physical_id(lookup, subject.stack, logical_id):
        now = lookup(calls.function(region, subject.id)) or {}
        held = now.get("ReservedConcurrentExecutions", 0)
    settings = lookup(calls.lambda_settings(region))
    left = settings["UnreservedConcurrentExecutions"] + held - KEPT_UNRESERVED
    wanted = reserved or provisioned
    how = "reserved" if reserved else "provisioned"
    remedy = (
        "Request an increase of the quota of concurrent executions (Service Quotas, lambda L-B99A9384), or "
        "lower LambdaReservedConcurrency."
    )
    if wanted > max(left, 0):
        return failed(
            f"{subject.id} needs {wanted} {how} concurrent executions, but only {max(left, 0)} are "
            f"available: the account has {settings['ConcurrentExecutions']:,} in {region}, and Lambda keeps "
            f"{KEPT_UNRESERVED} of them for functions without reserved concurrency.",
            remedy,
        )
    if not wanted and settings["ConcurrentExecutions"] < KEPT_UNRESERVED:
        return warned(
            f"The account has only {settings['ConcurrentExecutions']} concurrent executions in {region}, "
            "which all functions share.",
            remedy,
        )
    return passed(f"{wanted} of {left} available concurrent executions are needed.")


def _provisioned(subject: Subject, logical_id: str) -> int:
    found = 0
    for _, alias in subject.stack.of_type("AWS::Lambda::Alias"):
        if alias.get("FunctionName") == {"Ref": logical_id}:
            config = alias.get("ProvisionedConcurrencyConfig", {})
            found += int(config.get("ProvisionedConcurrentExecutions", 0))
    return found


def _judge_package(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    _, properties = subject.about
    region = subject.stack.region
    bucket, maker = _bucket(subject, needs)
    if not bucket:
        return warned(
            "The bucket of the package cannot be determined from the templates.",
            "Check the property Code of the function.",
        )
    if maker and not deployed.is_there(lookup, maker):
        return warned(
            f"The bucket {bucket} belongs to {maker.deployed}, which is not deployed yet.",
            "Upload the package after its deploy (docs/hand-over.md, Per-deploy values).",
        )
    key, version = _object(subject, lookup)
    name = f"{key}{f' (version {version})' if version else ''}"
    found = lookup(calls.package(region, bucket, key, version))
    if found is None:
        return failed(
            f"The object {name} does not exist in {bucket}.",
            "Upload the package, and pass its version (docs/hand-over.md, Per-deploy values).",
        )
    largest = lookup(calls.lambda_settings(region))["CodeSizeUnzipped"]
    archive = lookup(calls.package_files(region, bucket, key, version))
    verdict = _judge_archive(archive, largest, name, bucket, properties)
    if verdict.status == PASS and not version:
        return warned(
            f"{name} exists, but no version is given: a deploy without a version keeps the code of the last "
            "deploy.",
            "Pass the version: --parameter LambdaCodeS3ObjectVersion=...",
        )
    return verdict


def _judge_archive(
    archive: Mapping[str, Any], largest: int, name: str, bucket: str, properties: Mapping[str, Any]
) -> Verdict:
    """Judge the size and the content of a package for the function with these properties."""
    if "unzipped" not in archive:
        return failed(f"{name} in {bucket} is not a zip archive.", "Upload the package again.")
    if archive["unzipped"] > largest:
        return failed(
            f"{name} has {archive['unzipped']:,} bytes unzipped; Lambda accepts {largest:,}.",
            "Remove files that the function does not need.",
        )
    module = str(properties.get("Handler", "")).rpartition(".")[0]
    runtime = str(properties.get("Runtime", ""))
    if not runtime.startswith("python"):
        return warned(
            f"{name} exists and is within the limits. The file of the handler is not checked for {runtime}.",
            "Check that the archive contains the handler.",
        )
    if not {f"{module}.py", f"{module}/__init__.py"} & set(archive["files"]):
        return failed(
            f"{name} does not contain {module}.py, the file of the handler {properties['Handler']}.",
            "Put the file at the top level of the archive: zip the contents of the folder, not the folder.",
        )
    return passed(f"{name} exists, is within the limits, and contains the handler.")


def _bucket(subject: Subject, needs: Needs) -> tuple[str, StackNeeds | None]:
    """Return the bucket of the package, empty if the templates do not define it, and the stack with it."""
    bucket = needs.known(subject.stack, subject.about[1].get("Code", {}).get("S3Bucket"))
    if not isinstance(bucket, str):
        return "", None
    for stack in needs.stacks:
        if any(held.get("BucketName") == bucket for _, held in stack.of_type("AWS::S3::Bucket")):
            return bucket, stack
    return bucket, None


def _object(subject: Subject, lookup: Lookup) -> tuple[str, str]:
    """Return key and version of the package; without a version, those of the last deploy."""
    code: dict[str, Any] = subject.about[1].get("Code", {})
    key, version = str(code.get("S3Key", "")), str(code.get("S3ObjectVersion", ""))
    if not version:
        key = deployed.parameter(lookup, subject.stack, "LambdaCodeS3Key") or key
        version = deployed.parameter(lookup, subject.stack, "LambdaCodeS3ObjectVersion") or ""
    return key, version


def _versions(needs: Needs) -> Iterator[Subject]:
    for stack, logical_id, _ in needs.of_type("AWS::Lambda::Version"):
        yield Subject(logical_id, stack)


def _judge_version(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    """Judge whether Lambda publishes a version for the deploy.

    It does not if code and configuration are those of the newest published version, and CloudFormation then
    fails with "A version for this Lambda function exists". The description of each version is its release,
    which identifies both.
    https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html
    """
    physical_id = deployed.physical_id(lookup, subject.stack, subject.id)
    if physical_id is None:
        return passed(f"{subject.stack.deployed} does not have the version {subject.id} yet.")
    function, own = physical_id.split(":")[6:8]  # arn:aws:lambda:REGION:ACCOUNT:function:NAME:VERSION
    published = lookup(calls.function_versions(subject.stack.region, function)) or []
    newer = [version for version in published if version["Version"].isdigit()]
    newer = [version for version in newer if int(version["Version"]) > int(own)]
    if not newer:
        return passed(f"Version {own} of {function} is the newest one, and belongs to the stack.")
    newest = max(newer, key=lambda version: int(version["Version"]))
    left = f"A rolled-back deploy has left version {newest['Version']} of {function}"
    release = resources.as_deployed(subject.stack, subject.id, needs, lookup).get("Description")
    if newest.get("Description") != release:
        return passed(f"{left}, but this deploy has other code or settings.")
    return failed(
        f"{left}, with the code and the settings of this deploy: Lambda would not publish a version, and the "
        "deploy would fail.",
        "Pass a new version of the package (docs/hand-over.md, Per-deploy values).",
    )


def _judge_runtime(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    runtime = str(subject.about[1].get("Runtime", ""))
    today = lookup.facts.now.date()
    lifecycle = runtime_lifecycle(runtime)
    if lifecycle is None:
        return warned(
            f"The list of cfn-lint does not contain the deprecation date of {runtime}.",
            "See https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
        )
    remedy = "Use a newer runtime, and test the package with it."
    if lifecycle.create_block and today >= lifecycle.create_block:
        return failed(f"Functions cannot be created with {runtime} since {lifecycle.create_block}.", remedy)
    if today >= lifecycle.deprecated:
        return warned(f"Lambda deprecated {runtime} on {lifecycle.deprecated}.", remedy)
    return passed(f"Lambda supports {runtime} until {lifecycle.deprecated}.")


CHECKS = (
    names.check(
        "function-name",
        "The name of the function is available, or used by the stack",
        (Kind(_FUNCTION, "function", lambda stack, _, name: calls.function(stack.region, name)),),
    ),
    Check(
        "lambda-concurrency",
        "The quota of the account covers the reserved and provisioned concurrency, and 100 more",
        _functions,
        _judge_concurrency,
    ),
    Check(
        "package",
        "The package of the function is in its bucket, is within Lambda's limits, and contains the handler",
        _functions,
        _judge_package,
    ),
    Check(
        "function-version",
        "No rolled-back deploy has left a version of the function with the code and settings of this deploy",
        _versions,
        _judge_version,
    ),
    Check("runtime", "Lambda supports the runtime of the function", _functions, _judge_runtime),
)
