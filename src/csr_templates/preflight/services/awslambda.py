"""The functions: names, concurrency, versions and runtimes."""

from collections.abc import Iterator
from typing import Any, Final

from cfn_analysis.model.schemas import runtime_lifecycle
from csr_templates.preflight import deployed, deployed_resources, fixed_names, remedies
from csr_templates.preflight.deployed_resources import DeployedResource
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.fixed_names import NamedType
from csr_templates.preflight.resolved_environment import EnvironmentStack, ResolvedEnvironment
from csr_templates.preflight.results import (
    Check,
    Result,
    Subject,
    TemplateResource,
    failed,
    passed,
    warned,
)
from csr_templates.preflight.services import awslambda_aliases, awslambda_calls, awslambda_packages

_FUNCTION: Final = "AWS::Lambda::Function"
_VERSION: Final = "AWS::Lambda::Version"
KEPT_UNRESERVED: Final = 100
"""Concurrency that Lambda keeps for functions without reserved concurrency.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html"""


_DEFAULT_CONCURRENCY: Final = 1_000
"""AWS's default for the concurrent executions of an account; new accounts have fewer.
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""


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
    for _, alias in stack.of_type(awslambda_aliases.ALIAS):
        if alias.get("FunctionName") == {"Ref": function}:
            config = alias.get("ProvisionedConcurrencyConfig", {})
            executions += int(config.get("ProvisionedConcurrentExecutions", 0))
    return executions


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
    function, own_version = awslambda_aliases.qualified_name(arn)
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
        awslambda_packages.judge_package,
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
        awslambda_aliases.ALIAS,
        awslambda_aliases.judge_alias,
    ),
    deployed_resources.check(
        "package",
        "The version behind each alias has the specified package",
        awslambda_aliases.ALIAS,
        awslambda_packages.judge_deployed_package,
    ),
    deployed_resources.check(
        "unpublished-code",
        "The code of each function was not changed after the stack published its version",
        awslambda_aliases.ALIAS,
        awslambda_packages.judge_latest,
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
        awslambda_aliases.ALIAS,
        awslambda_aliases.judge_provisioned,
    ),
)
