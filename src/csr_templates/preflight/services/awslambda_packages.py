"""The packages of functions: before a deploy the object in its bucket, after it the code behind an alias."""

from collections.abc import Mapping
from typing import Any

from csr_templates.preflight import deployed, deployed_resources, remedies
from csr_templates.preflight.deployed_resources import DeployedResource
from csr_templates.preflight.facts import Lookup, Query
from csr_templates.preflight.resolved_environment import EnvironmentStack, ResolvedEnvironment
from csr_templates.preflight.results import (
    PASS,
    Result,
    SkippedError,
    Subject,
    TemplateResource,
    failed,
    passed,
    skipped,
    warned,
)
from csr_templates.preflight.services import awslambda_aliases, awslambda_calls, s3_calls

# ---- Before a deploy ----


def judge_package(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    """Judge the package of a function in its bucket."""
    function: TemplateResource = subject.about
    region = subject.stack.region
    code = function.properties.get("Code", {})
    bucket = environment.resolved_value(subject.stack, code.get("S3Bucket"))
    if not isinstance(bucket, str):
        return warned(
            "The bucket of the package cannot be determined from the templates.",
            "Check the property Code of the function.",
        )
    owner = _stack_with_bucket(bucket, environment)
    if owner and not deployed.is_there(lookup, owner):
        return warned(
            f"The bucket {bucket} belongs to {owner.deployed_name}, which is not deployed yet.",
            "Upload the package after its deploy (docs/hand-over.md, Per-deploy values): "
            f"{_upload(environment)}",
        )
    key, version = _package_object(subject, lookup)
    name = key
    if version:
        name = f"{key} (version {version})"
    package = lookup(s3_calls.package(region, bucket, key, version))
    if package is None:
        return failed(
            f"The object {name} does not exist in {bucket}.",
            "Upload the package, and pass its version (docs/hand-over.md, Per-deploy values): "
            f"{_upload(environment)}",
        )
    largest = lookup(awslambda_calls.account_settings.query(region))["CodeSizeUnzipped"]
    archive = lookup(s3_calls.package_files(region, bucket, key, version))
    result = _judge_archive(archive, largest, name, bucket, function.properties)
    if result.status == PASS and not version:
        return warned(
            f"{name} exists, but no version is given: a deploy without a version keeps the code of the last "
            "deploy.",
            f"Pass the version: --parameter LambdaCodeS3ObjectVersion={package.get('VersionId')}",
        )
    return result


def _upload(environment: ResolvedEnvironment) -> str:
    return remedies.csr_operate(environment, "upload-package", "PACKAGE.zip")


def _judge_archive(
    archive: Mapping[str, Any], largest: int, name: str, bucket: str, properties: Mapping[str, Any]
) -> Result:
    """Judge the size and the content of a package for the function with these properties."""
    if "unzipped" not in archive:
        return failed(f"{name} in {bucket} is not a zip archive.", "Zip the package, and upload it again.")
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


def _stack_with_bucket(bucket: str, environment: ResolvedEnvironment) -> EnvironmentStack | None:
    for stack in environment.stacks:
        names = [properties.get("BucketName") for _, properties in stack.of_type("AWS::S3::Bucket")]
        if bucket in names:
            return stack
    return None


def _package_object(subject: Subject, lookup: Lookup) -> tuple[str, str]:
    """Return key and version of the package; without a version, those of the last deploy."""
    function: TemplateResource = subject.about
    code: dict[str, Any] = function.properties.get("Code", {})
    key, version = str(code.get("S3Key", "")), str(code.get("S3ObjectVersion", ""))
    if version:
        return key, version
    deployed_key = deployed.parameter(lookup, subject.stack, "LambdaCodeS3Key")
    deployed_version = deployed.parameter(lookup, subject.stack, "LambdaCodeS3ObjectVersion")
    return deployed_key or key, deployed_version or ""


# ---- After a deploy ----


def judge_deployed_package(
    resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup
) -> Result:
    """Judge the code behind an alias."""
    function, name = awslambda_aliases.qualified_name(resource.physical_id)
    configuration = lookup(awslambda_calls.function_version.query(resource.region, function, name)) or {}
    description = _expected_description(resource, environment, lookup)
    if isinstance(description, str) and configuration.get("Description") != description:
        return failed(
            f"The version behind {name} of {function} is not the specified one: its description is "
            f"'{configuration.get('Description')}' instead of '{description}'.",
            "Deploy the stack with the version of the package that you want: "
            f"{remedies.csr_operate(environment, 'plan-deploy', resource.stack.name, 'VERSION')}",
        )
    package = _package_call(resource, environment, lookup)
    if package is None:
        return skipped(
            f"The code of {name} of {function} was not compared: the bucket of the package is not known from "
            "the templates.",
            "Check the property Code of the function.",
        )
    stored = lookup(package)
    if stored is None:
        return failed(
            f"The package of {function} is no longer in its bucket: a rollback of the stack would fail.",
            f"Upload the package again: {_upload(environment)}",
        )
    digest = stored.get("ChecksumSHA256", "")
    if digest and "-" not in digest:  # the checksum of a multipart upload ends with the number of its parts
        is_equal, criterion = digest == configuration.get("CodeSha256"), "SHA-256"
    else:
        is_equal, criterion = stored["ContentLength"] == configuration.get("CodeSize"), "size"
    if not is_equal:
        return failed(
            f"The code of {function} is not the specified package: its {criterion} differs.",
            "The code was changed outside of the stack. Deploy the package again: "
            f"{remedies.csr_operate(environment, 'plan-deploy', resource.stack.name, 'VERSION')}",
        )
    return passed(f"{name} of {function} runs the specified package (same {criterion}).")


def judge_latest(resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    """Judge whether the code of a function was changed after the stack published its version.

    A deploy that publishes a version without a new package, such as one that changes the memory, takes the
    code of ``$LATEST``.
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
    """
    function, _ = awslambda_aliases.qualified_name(resource.physical_id)
    stack_version = awslambda_aliases.version_of_stack(resource, lookup)
    if stack_version is None:
        raise SkippedError
    version = awslambda_aliases.qualified_name(stack_version.physical_id).qualifier
    calls = [
        awslambda_calls.function_version.query(resource.region, function, qualifier)
        for qualifier in (version, awslambda_calls.LATEST)
    ]
    published, latest = lookup.all(calls)
    if not published or not latest:
        raise SkippedError
    if published["CodeSha256"] == latest["CodeSha256"]:
        return passed(f"The code of {function} was not changed since version {version}.")
    return warned(
        f"{awslambda_calls.LATEST} of {function} has other code than version {version} of the stack. No "
        "request runs it, but the next version without a new package would.",
        _put_back(resource, function, environment, lookup),
    )


def _put_back(
    alias: DeployedResource, function: str, environment: ResolvedEnvironment, lookup: Lookup
) -> str:
    """Return the remedy for code that was changed outside of the stack."""
    package = _package_call(alias, environment, lookup)
    if package is None:
        return alias.drift
    parameters = dict(package.parameters)
    options = {"s3_bucket": parameters["Bucket"], "s3_key": parameters["Key"]}
    if "VersionId" in parameters:
        options["s3_object_version"] = parameters["VersionId"]
    command = remedies.aws("lambda update-function-code", alias.region, function_name=function, **options)
    return f"Put the package of the last deploy back: {command}"


def _expected_description(alias: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Any:
    """Return the description of the version in the template, with the values of the deploy."""
    version = awslambda_aliases.version_of_stack(alias, lookup)
    if version is None:
        return None
    properties = deployed_resources.as_deployed(version.stack, version.logical_id, environment, lookup)
    return properties.get("Description")


def _package_call(alias: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Query | None:
    """Return the call for the package of the function of an alias; None if its bucket is not known."""
    match alias.properties.get("FunctionName"):
        case {"Ref": str(logical_id)}:
            function = deployed_resources.as_deployed(alias.stack, logical_id, environment, lookup)
            code = function.get("Code", {})
            bucket = environment.resolved_value(alias.stack, code.get("S3Bucket"))
            if isinstance(bucket, str):
                version = str(code.get("S3ObjectVersion", ""))
                return s3_calls.package(alias.region, bucket, str(code.get("S3Key", "")), version)
    return None
