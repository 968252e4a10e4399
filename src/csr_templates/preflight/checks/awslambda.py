"""The function: its name, the concurrency that the account has left, its package and its runtime."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from csr_templates.preflight import calls, deployed
from csr_templates.preflight.checks import names
from csr_templates.preflight.checks.names import Kind
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.needs import Needs
from csr_templates.preflight.results import Check, Subject, Verdict, failed, passed, warned

_FUNCTION = "AWS::Lambda::Function"
KEPT_UNRESERVED: Final = 100
"""Concurrency that Lambda keeps for functions without a reservation.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html"""

RUNTIMES: Final[Mapping[str, tuple[str, str]]] = {
    "python3.11": ("2027-06-30", "2027-07-31"),
    "python3.12": ("2028-10-31", "2028-11-30"),
    "python3.13": ("2029-06-30", "2029-07-31"),
    "python3.14": ("2029-06-30", "2029-07-31"),
}
"""Runtime -> the days on which Lambda deprecates it and creates no more functions with it.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html"""


def _functions(needs: Needs) -> Iterator[Subject]:
    for stack, logical_id, properties in needs.of_type(_FUNCTION):
        yield Subject(str(properties.get("FunctionName", logical_id)), stack, (logical_id, properties))


def _judge_concurrency(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    logical_id, properties = subject.about
    region = subject.stack.region
    reserved = int(properties.get("ReservedConcurrentExecutions", 0))
    provisioned = _provisioned(subject, logical_id)
    deployed.expect(lookup, needs.chosen)
    held = 0
    if deployed.physical_id(lookup, subject.stack, logical_id):
        now = lookup(calls.function(region, subject.id)) or {}
        held = now.get("ReservedConcurrentExecutions", 0)
    settings = lookup(calls.lambda_settings(region))
    left = settings["UnreservedConcurrentExecutions"] + held - KEPT_UNRESERVED
    wanted = reserved or provisioned
    how = "reserved" if reserved else "provisioned"
    remedy = (
        "Have the quota of concurrent executions raised (Service Quotas, lambda L-B99A9384), or lower "
        "LambdaReservedConcurrency."
    )
    if wanted > max(left, 0):
        return failed(
            f"{wanted} concurrent executions are to be {how} for {subject.id}, and {max(left, 0)} can be: "
            f"the account has {settings['ConcurrentExecutions']:,} in {region}, and Lambda keeps "
            f"{KEPT_UNRESERVED} of them for functions without a reservation.",
            remedy,
        )
    if not wanted and settings["ConcurrentExecutions"] < KEPT_UNRESERVED:
        return warned(
            f"The account has only {settings['ConcurrentExecutions']} concurrent executions in {region}, "
            "which all functions share.",
            remedy,
        )
    return passed(f"{wanted} of {left} concurrent executions that can be reserved are needed.")


def _provisioned(subject: Subject, logical_id: str) -> int:
    found = 0
    for _, alias in subject.stack.of_type("AWS::Lambda::Alias"):
        if alias.get("FunctionName") == {"Ref": logical_id}:
            config = alias.get("ProvisionedConcurrencyConfig", {})
            found += int(config.get("ProvisionedConcurrentExecutions", 0))
    return found


def _judge_package(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    _, properties = subject.about
    code: dict[str, Any] = properties.get("Code", {})
    region = subject.stack.region
    bucket = needs.known(subject.stack, code.get("S3Bucket"))
    if not isinstance(bucket, str):
        return warned(
            "The templates do not say which bucket the package is in.", "Look at the function's Code."
        )
    makers = [
        stack
        for stack in needs.stacks
        if any(held.get("BucketName") == bucket for _, held in stack.of_type("AWS::S3::Bucket"))
    ]
    deployed.expect(lookup, [*makers, subject.stack])
    if makers and not deployed.is_there(lookup, makers[0]):
        return warned(
            f"The bucket {bucket} comes with {makers[0].deployed}, which is not deployed yet.",
            "Upload the package after that (docs/hand-over.md, Per-deploy values).",
        )
    key, version = str(code.get("S3Key", "")), str(code.get("S3ObjectVersion", ""))
    if not version:
        key = deployed.parameter(lookup, subject.stack, "LambdaCodeS3Key") or key
        version = deployed.parameter(lookup, subject.stack, "LambdaCodeS3ObjectVersion") or ""
    name = f"{key}{f' (version {version})' if version else ''}"
    found = lookup(calls.package(region, bucket, key, version))
    if found is None:
        return failed(
            f"There is no object {name} in {bucket}.",
            "Upload the package, and pass its version (docs/hand-over.md, Per-deploy values).",
        )
    lookup.expect([calls.package_files(region, bucket, key, version), calls.lambda_settings(region)])
    largest = lookup(calls.lambda_settings(region))["CodeSizeUnzipped"]
    archive = lookup(calls.package_files(region, bucket, key, version))
    if "unzipped" not in archive:
        return failed(f"{name} in {bucket} is not a zip archive.", "Upload the package again.")
    if archive["unzipped"] > largest:
        return failed(
            f"{name} is {archive['unzipped']:,} bytes unzipped, and Lambda takes {largest:,}.",
            "Leave out what the function does not need.",
        )
    module = str(properties.get("Handler", "")).rpartition(".")[0]
    runtime = str(properties.get("Runtime", ""))
    if not runtime.startswith("python"):
        return warned(
            f"{name} is there and fits. Which file has to hold the handler of {runtime} is not known here.",
            "Look for it in the archive.",
        )
    if not {f"{module}.py", f"{module}/__init__.py"} & set(archive["files"]):
        return failed(
            f"{name} has no {module}.py, where the handler {properties['Handler']} is looked for.",
            "Put it at the top of the archive: zip its contents, not the folder around them.",
        )
    if not version:
        return warned(
            f"{name} is there, but no version is named: a deploy without one keeps the code of the last "
            "deploy.",
            "Name it: --parameter LambdaCodeS3ObjectVersion=...",
        )
    return passed(f"{name} is there, fits, and holds the handler.")


def _judge_runtime(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    runtime = str(subject.about[1].get("Runtime", ""))
    today = lookup.facts.now.date()
    if runtime not in RUNTIMES:
        return warned(
            f"This version of csr-templates does not know until when Lambda supports {runtime}.",
            "Look at https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
        )
    deprecated, blocked = map(date.fromisoformat, RUNTIMES[runtime])
    remedy = "Change to a newer runtime, and test the package with it."
    if today >= blocked:
        return failed(f"Lambda creates no functions with {runtime} since {blocked}.", remedy)
    if today >= deprecated:
        return warned(f"Lambda does not support {runtime} since {deprecated}.", remedy)
    return passed(f"Lambda supports {runtime} until {deprecated}.")


CHECKS = (
    names.check(
        "function-name",
        "The name of the function is free, or ours",
        (
            Kind(
                _FUNCTION,
                "function",
                ("FunctionName",),
                lambda stack, needs, name: calls.function(stack.region, name),
                lambda answer, name: answer is not None,
            ),
        ),
    ),
    Check(
        "lambda-concurrency",
        "The account has the concurrency that is reserved or provisioned, and 100 more",
        _functions,
        _judge_concurrency,
    ),
    Check(
        "package",
        "The package of the function is in its bucket, within Lambda's limits, and holds the handler",
        _functions,
        _judge_package,
    ),
    Check("runtime", "Lambda supports the runtime of the function", _functions, _judge_runtime),
)
