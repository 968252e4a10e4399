"""The functions: names, concurrency, packages and runtimes; aliases with their versions and packages."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from cfn_analysis.model.schemas import runtime_lifecycle
from csr_templates.preflight import deployed, deployed_resources, fixed_names, remedies
from csr_templates.preflight.deployed_resources import DeployedResource
from csr_templates.preflight.facts import Lookup, Query
from csr_templates.preflight.fixed_names import NamedType
from csr_templates.preflight.resolved_environment import EnvironmentStack, ResolvedEnvironment
from csr_templates.preflight.results import (
    PASS,
    Check,
    Result,
    Subject,
    TemplateResource,
    failed,
    passed,
    warned,
)
from csr_templates.preflight.services import awslambda_calls, s3_calls

_FUNCTION: Final = "AWS::Lambda::Function"
_VERSION: Final = "AWS::Lambda::Version"
_ALIAS: Final = "AWS::Lambda::Alias"
KEPT_UNRESERVED: Final = 100
"""Concurrency that Lambda keeps for functions without reserved concurrency.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html"""


_DEFAULT_CONCURRENCY: Final = 1_000
"""AWS's default for the concurrent executions of an account; new accounts have fewer.
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""


class _QualifiedName(NamedTuple):
    """The names in the ARN of an alias or a version."""

    function: str
    qualifier: str


def _qualified_name(arn: str) -> _QualifiedName:
    # arn:aws:lambda:REGION:ACCOUNT:function:NAME:QUALIFIER
    return _QualifiedName(*arn.split(":")[6:8])


# ---- Before a deploy ----


def _functions(environment: ResolvedEnvironment) -> Iterator[Subject]:
    for stack, logical_id, properties in environment.of_type(_FUNCTION):
        function = TemplateResource(logical_id, properties)
        yield Subject(str(properties.get("FunctionName", logical_id)), stack, function)


def _judge_concurrency(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    function: TemplateResource = subject.about
    logical_id, properties = function
    region = subject.stack.region
    executions = int(properties.get("ReservedConcurrentExecutions", 0))
    kind = "reserved"
    if not executions:
        executions = _provisioned(subject.stack, logical_id)
        kind = "provisioned"
    own_reserved = _own_reserved(subject, lookup)
    settings = lookup(awslambda_calls.account_settings.query(region))
    available = settings["UnreservedConcurrentExecutions"] + own_reserved - KEPT_UNRESERVED
    quota = max(settings["ConcurrentExecutions"] + executions - max(available, 0), _DEFAULT_CONCURRENCY)
    remedy = (
        "Lower LambdaReservedConcurrency, or request an increase of the quota of concurrent executions: "
        f"{remedies.quota_increase(region, 'lambda', 'L-B99A9384', quota)}"
    )
    if executions > max(available, 0):
        return failed(
            f"{subject.id} needs {executions} {kind} concurrent executions, but only {max(available, 0)} "
            f"are available: the account has {settings['ConcurrentExecutions']:,} in {region}, and Lambda "
            f"keeps {KEPT_UNRESERVED} of them for functions without reserved concurrency.",
            remedy,
        )
    if not executions and settings["ConcurrentExecutions"] < KEPT_UNRESERVED:
        return warned(
            f"The account has only {settings['ConcurrentExecutions']} concurrent executions in {region}, "
            "which all functions share.",
            remedy,
        )
    return passed(f"{executions} of {available} available concurrent executions are needed.")


def _own_reserved(subject: Subject, lookup: Lookup) -> int:
    """Return the reserved concurrency that a function of the stack already has."""
    function: TemplateResource = subject.about
    if not deployed.physical_id(lookup, subject.stack, function.logical_id):
        return 0
    concurrency = lookup(awslambda_calls.function_concurrency.query(subject.stack.region, subject.id)) or {}
    return int(concurrency.get("ReservedConcurrentExecutions", 0))


def _provisioned(stack: EnvironmentStack, function: str) -> int:
    """Return the provisioned concurrency of the aliases of a function."""
    executions = 0
    for _, alias in stack.of_type(_ALIAS):
        if alias.get("FunctionName") == {"Ref": function}:
            config = alias.get("ProvisionedConcurrencyConfig", {})
            executions += int(config.get("ProvisionedConcurrentExecutions", 0))
    return executions


def _judge_package(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
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


def _versions(environment: ResolvedEnvironment) -> Iterator[Subject]:
    for stack, logical_id, _ in environment.of_type(_VERSION):
        yield Subject(logical_id, stack)


def _judge_version(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    """Judge whether Lambda publishes a version for the deploy.

    It does not if code and configuration are those of the newest published version, and CloudFormation then
    fails with "A version for this Lambda function exists". The description of each version is its release,
    which identifies both.
    https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html
    """
    arn = deployed.physical_id(lookup, subject.stack, subject.id)
    if arn is None:
        return passed(f"{subject.stack.deployed_name} does not have the version {subject.id} yet.")
    function, own_version = _qualified_name(arn)
    published = lookup(awslambda_calls.function_versions.query(subject.stack.region, function)) or []
    numbered = [version for version in published if version["Version"].isdigit()]  # not $LATEST
    newer = [version for version in numbered if int(version["Version"]) > int(own_version)]
    if not newer:
        return passed(f"Version {own_version} of {function} is the newest one, and belongs to the stack.")
    newest = max(newer, key=lambda version: int(version["Version"]))
    sentence = f"A rolled-back deploy has left version {newest['Version']} of {function}"
    release = deployed_resources.as_deployed(subject.stack, subject.id, environment, lookup).get(
        "Description"
    )
    if newest.get("Description") != release:
        return passed(f"{sentence}, but this deploy has other code or settings.")
    return failed(
        f"{sentence}, with the code and the settings of this deploy: Lambda would not publish a version, and "
        "the deploy would fail.",
        "Pass a new version of the package (docs/hand-over.md, Per-deploy values). This copies the package, "
        f"so that it has one: {remedies.deploy(subject.stack, environment)}",
    )


def _judge_runtime(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    function: TemplateResource = subject.about
    runtime = str(function.properties.get("Runtime", ""))
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


# ---- After a deploy ----


def _version_of_stack(alias: DeployedResource, lookup: Lookup) -> DeployedResource | None:
    """Return the version to which the template points an alias."""
    match alias.properties.get("FunctionVersion"):
        case {"Fn::GetAtt": [str(logical_id), "Version"]}:
            return deployed_resources.find(lookup, alias.stack, logical_id)
    return None


def _judge_alias(resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    function, name = _qualified_name(resource.physical_id)
    alias_query = awslambda_calls.alias.query(resource.region, function, name)
    alias = lookup(alias_query)
    configuration = lookup(awslambda_calls.function_version.query(resource.region, function, name))
    if alias is None or configuration is None:
        return failed(
            f"The function {function} does not have an alias {name}.",
            deployed_resources.deploy_remedy(resource.stack, environment),
            alias_query,
        )
    version = alias["FunctionVersion"]
    version_of_stack = _version_of_stack(resource, lookup)
    if version_of_stack is not None:
        expected = _qualified_name(version_of_stack.physical_id).qualifier
        if version != expected:
            return failed(
                f"The alias {name} of {function} points to version {version}, but the stack created "
                f"{expected}.",
                "If this is a rollback, deploy the old package as well (docs/operations.md). Otherwise, "
                "point the alias to the version of the stack: "
                f"{remedies.csr_operate(environment, 'roll-back', expected)}",
                alias_query,
            )
    weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights")
    if weights:
        return failed(
            f"The alias {name} of {function} sends a part of the requests to version {', '.join(weights)}.",
            f"Remove the weights: {_remove_weights(function, name, resource.region)}",
            alias_query,
        )
    # https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
    state = configuration.get("State")
    if state == "Inactive":
        return warned(
            f"Version {version} of {function} was not invoked for a long time: the next invocation fails, "
            "and Lambda creates its resources again.",
            "Send a request, and repeat it after some minutes.",
        )
    if state != "Active":
        return failed(
            f"Version {version} of {function} is {state}.",
            f"Read the reason: {_show_version(function, version, resource.region)}",
        )
    return passed(f"The alias {name} of {function} points to version {version}, which is active.")


def _remove_weights(function: str, alias: str, region: str) -> str:
    return remedies.aws(
        "lambda update-alias",
        region,
        function_name=function,
        name=alias,
        routing_config="AdditionalVersionWeights={}",
    )


def _show_version(function: str, version: str, region: str) -> str:
    return remedies.aws(
        "lambda get-function-configuration", region, function_name=function, qualifier=version
    )


def _judge_deployed_package(
    resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup
) -> Result:
    function, name = _qualified_name(resource.physical_id)
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
        return passed(f"{name} of {function} runs the specified version.")
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


def _expected_description(alias: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Any:
    """Return the description of the version in the template, with the values of the deploy."""
    version = _version_of_stack(alias, lookup)
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


def _judge_reserved(resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    name = resource.physical_id
    concurrency = lookup(awslambda_calls.function_concurrency.query(resource.region, name))
    if concurrency is None:
        return failed(f"The function {name} does not exist.", resource.drift)
    properties = deployed_resources.as_deployed(resource.stack, resource.logical_id, environment, lookup)
    expected = _executions(properties.get("ReservedConcurrentExecutions"))
    reserved = concurrency.get("ReservedConcurrentExecutions")
    sentence = f"The reserved concurrency of {name} is {_executions_in_words(reserved)}"
    if expected == reserved:
        return passed(f"{sentence}, as in the template.")
    remedy = f"Set that of the last deploy: {remedies.csr_operate(environment, 'reset-concurrency')}"
    if reserved == 0:
        return failed(f"{sentence}: Lambda rejects every request.", remedy)
    return warned(f"{sentence} instead of {_executions_in_words(expected)}.", remedy)


def _executions(value: Any) -> int | None:
    """Return a number of concurrent executions, which a parameter of a template gives as a text."""
    if value is None:
        return None
    return int(value)


def _executions_in_words(executions: int | None) -> str:
    if executions is None:
        return "none"
    return str(executions)


def _judge_provisioned(
    resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup
) -> Result:
    function, name = _qualified_name(resource.physical_id)
    config = resource.properties.get("ProvisionedConcurrencyConfig", {})
    expected = int(config.get("ProvisionedConcurrentExecutions", 0))
    provisioned = lookup(awslambda_calls.provisioned_concurrency.query(resource.region, function, name)) or {}
    what = f"The provisioned concurrency of {name} of {function}"
    requested = provisioned.get("RequestedProvisionedConcurrentExecutions", 0)
    if requested != expected:
        return failed(f"{what} is {requested} instead of {expected}.", resource.drift)
    if not provisioned:
        return passed(f"{what} is 0, as in the template.")
    if provisioned["Status"] == "READY":
        return passed(f"{what} is ready: {expected}.")
    allocated = provisioned.get("AllocatedProvisionedConcurrentExecutions", 0)
    reason = ""
    if provisioned.get("StatusReason"):
        reason = f": {provisioned['StatusReason'].rstrip('.')}"
    return failed(
        f"{what} is {provisioned['Status']}, with {allocated} of {expected} allocated{reason}.",
        "If it is IN_PROGRESS, wait, then run verify again. Otherwise, fix the reason.",
    )


BEFORE_DEPLOY: Final = (
    fixed_names.check(
        "function-name",
        "The name of the function is available, or used by the stack",
        (
            NamedType(
                _FUNCTION,
                "function",
                lambda stack, _, name: awslambda_calls.function_concurrency.query(stack.region, name),
            ),
        ),
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
AFTER_DEPLOY: Final = (
    deployed_resources.check(
        "alias",
        "Each alias sends all requests to the version of the stack, which is active",
        _ALIAS,
        _judge_alias,
    ),
    deployed_resources.check(
        "package",
        "The version behind each alias has the specified package",
        _ALIAS,
        _judge_deployed_package,
    ),
    deployed_resources.check(
        "reserved-concurrency",
        "Each function has the reserved concurrency of the template",
        _FUNCTION,
        _judge_reserved,
    ),
    deployed_resources.check(
        "provisioned-concurrency",
        "The provisioned concurrency is as in the template, and ready",
        _ALIAS,
        _judge_provisioned,
    ),
)
