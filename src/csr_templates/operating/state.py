"""What runs: the stacks, the alarms that fire, the deployed package and the site."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

from csr_templates.operating import words
from csr_templates.operating.aws import Aws, Unknown

_FINE: Final = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"})
_NEVER: Final = "does not exist"


def show_state(aws: Aws) -> None:
    """Show the stacks, the alarms that fire, the deployed package and the site.

    What is wrong is marked with !.

    Calls: cloudwatch:DescribeAlarms, cloudformation:DescribeStackResource, lambda:GetAlias,
        lambda:ListVersionsByFunction, s3:ListObjectVersions.
    Takes: a second or two.
    """
    answers = aws.in_parallel(_reads(aws))
    words.say(f"Now: {words.in_jst(words.now())}")
    _show_stacks(aws)
    for region in aws.environment.regions:
        _show_alarms(region, answers[region])
    for title in (_PACKAGE, _SITE):
        if title in answers:
            words.say(f"{title}: {answers[title]}")


def show_stacks(aws: Aws) -> None:
    """Show the status of all stacks, deleted ones too.

    AWS lists a deleted stack for 90 days.

    Calls: cloudformation:ListStacks.
    Takes: seconds.
    """
    rows: list[tuple[str, ...]] = []
    for region in aws.environment.regions:
        client = aws.client("cloudformation", region)
        answer = aws.attempt(partial(aws.all_pages, client, "ListStacks"))
        if isinstance(answer, Unknown):
            rows.append((region, str(answer), "", ""))
            continue
        rows += [_listed(summary) for summary in answer["StackSummaries"] if _is_own(aws, summary)]
    words.table(("stack", "status", "created", "deleted"), rows)


_PACKAGE: Final = "Package"
_SITE: Final = "Site"


def _reads(aws: Aws) -> dict[str, Callable[[], Any]]:
    """Return what is read at the same time: the alarms by region, the package and the site by title.

    The clients are created here, because creating them is not safe in threads.
    """
    environment = aws.environment
    reads: dict[str, Callable[[], Any]] = {}
    for region in environment.regions:
        client = aws.client("cloudwatch", region)
        reads[region] = partial(
            aws.all_pages,
            client,
            "DescribeAlarms",
            AlarmNamePrefix=f"{environment.prefix}-",
            AlarmTypes=["MetricAlarm"],
            StateValue="ALARM",
        )
    if environment.has("ApiFunctionAlias") and aws.stacks[environment.stack_of("ApiFunction").name]:
        aws.client("lambda", environment.stack_of("ApiFunction").region)
        reads[_PACKAGE] = partial(_package, aws)
    if environment.has("SiteBucket") and aws.stacks[environment.stack_of("SiteBucket").name]:
        aws.client("s3", environment.stack_of("SiteBucket").region)
        reads[_SITE] = partial(_site, aws)
    return reads


def _show_stacks(aws: Aws) -> None:
    rows = []
    for stack in aws.environment.stacks:
        description = aws.stacks[stack.name]
        status = description["StackStatus"] if description else _NEVER
        mark = "" if status in _FINE else words.WRONG
        changed = _changed(description) if description else ""
        rows.append((mark, stack.name, status, changed))
    words.table(("", "stack", "status", "last change"), rows, indent="")


def _changed(description: Mapping[str, Any]) -> str:
    return words.in_jst(description.get("LastUpdatedTime") or description["CreationTime"])


def _show_alarms(region: str, answer: Any) -> None:
    if isinstance(answer, Unknown):
        words.say(f"{words.WRONG} Alarms in {region}: {answer}")
        return
    alarms = answer["MetricAlarms"]
    words.say(f"Alarms in {region}: {len(alarms) or 'none'} in the state ALARM")
    rows = [
        (words.WRONG, alarm["AlarmName"], words.in_jst(alarm["StateUpdatedTimestamp"])) for alarm in alarms
    ]
    words.table(("", "alarm", "since"), rows, indent="")


def _package(aws: Aws) -> str:
    function = aws.physical_id("ApiFunction")
    client = aws.client("lambda", aws.environment.stack_of("ApiFunction").region)
    alias = client.get_alias(FunctionName=function, Name=aws.environment.name)
    version = alias["FunctionVersion"]
    versions = aws.all_pages(client, "ListVersionsByFunction", FunctionName=function)["Versions"]
    for published in versions:
        if published["Version"] == version:
            time = words.in_jst(datetime.fromisoformat(published["LastModified"]))
            return f"Lambda version {version}, published {time}, {published['Description']}"
    return f"Lambda version {version}"


def _site(aws: Aws) -> str:
    bucket = aws.name("SiteBucket")
    client = aws.client("s3", aws.environment.stack_of("SiteBucket").region)
    answer = client.list_object_versions(Bucket=bucket, Prefix="index.html")
    for version in answer.get("Versions", []):
        if version["IsLatest"] and version["Key"] == "index.html":
            return f"index.html of {words.in_jst(version['LastModified'])}"
    return "no index.html: nothing was uploaded"


def _is_own(aws: Aws, summary: Mapping[str, Any]) -> bool:
    return str(summary["StackName"]).startswith(f"{aws.environment.prefix}-")


def _listed(summary: Mapping[str, Any]) -> tuple[str, ...]:
    deleted = summary.get("DeletionTime")
    return (
        summary["StackName"],
        summary["StackStatus"],
        words.in_jst(summary["CreationTime"]),
        words.in_jst(deleted) if deleted else "",
    )
