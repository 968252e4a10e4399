"""What runs, and what ran before: stacks, alarms, releases, the site, addresses, and manual changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from csr_templates.account import paging
from csr_templates.account.drifts import COMPARED, NOT_RETURNED
from csr_templates.operating import aliases, leftovers, releases, site, waiting, words
from csr_templates.operating.aliases import Alias
from csr_templates.operating.aws import Aws, Unknown
from csr_templates.operating.environment import Stack
from csr_templates.operating.problems import Stop
from csr_templates.operating.releases import History, Release

_NEVER: Final = "does not exist"
_DATABASE: Final = "Database"
_INVALIDATIONS: Final = "Invalidations"
_LEFT: Final = "Left from earlier work"
_PACKAGE: Final = "Package"
_SITE: Final = "Site"
_ADDRESSES: Final = ("URL", "Url", "Endpoint", "Port", "Address")
_RELEASE_READS: Final[Mapping[str, str]] = {
    "releases": "Releases",
    "alias": "Version of the alias",
    "stack": "Version of the stack",
    "history": "Versions that rolled-back deploys have left",
}
_DETECTING: Final = "DETECTION_IN_PROGRESS"
_DETECTED: Final = "DETECTION_COMPLETE"
_IN_SYNC: Final = "IN_SYNC"


def show_state(aws: Aws) -> None:
    """Show stacks, alarms that fire, what is deployed, what still changes, and what is left.

    What is wrong is marked with !. Left from earlier work are clusters and instances of restores, and
    snapshots taken manually.

    Calls: cloudwatch:DescribeAlarms, cloudformation:DescribeStackResource, lambda:GetAlias,
        lambda:ListProvisionedConcurrencyConfigs, lambda:ListVersionsByFunction, rds:DescribeDBClusters,
        rds:DescribeDBInstances, rds:DescribeDBClusterSnapshots, cloudfront:ListInvalidations,
        s3:ListObjectVersions.
    Takes: a second or two.
    """
    answers = aws.in_parallel(_reads(aws))
    words.say(f"Now: {words.in_jst(words.now())}")
    _show_stacks(aws)
    for region in aws.environment.regions:
        _show_alarms(region, answers[region])
    for title in (_PACKAGE, _SITE):
        if title in answers:
            for line in f"{title}: {answers[title]}".split("\n"):
                words.say(line)
    _show_changes(answers)


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


def show_releases(aws: Aws) -> None:
    """Show the Lambda versions: which one runs, and which ones a rolled-back deploy has left.

    The description contains the object version of the package. Do not roll back to a version that a
    rolled-back deploy has left. Events expire after 90 days: of an older version, it is not known.

    Calls: cloudformation:DescribeStackResource, lambda:ListVersionsByFunction, lambda:GetAlias,
        lambda:ListProvisionedConcurrencyConfigs, cloudformation:DescribeStackEvents.
    Takes: seconds.
    """
    stack = aws.environment.stack_of("ApiFunction")
    aws.require_stack(stack)
    client = aws.client("lambda", stack.region)
    aws.client("cloudformation", stack.region)  # before the threads that use it
    function = aws.attempt(partial(aws.physical_id, "ApiFunction"))
    if isinstance(function, Unknown):
        words.say(f"Releases: {function}")
        return
    reads: dict[str, Callable[[], Any]] = {
        "releases": partial(releases.of_function, client, function),
        "alias": partial(aliases.read, aws, client, function),
        "stack": partial(_stack_release, aws),
        "history": partial(releases.history, aws, stack),
    }
    answers = aws.in_parallel(reads)
    for title, answer in answers.items():
        if isinstance(answer, Unknown):
            words.say(f"{_RELEASE_READS[title]}: {answer}")
    if not isinstance(answers["releases"], Unknown):
        rows = [_release_row(release, answers) for release in answers["releases"]]
        words.table(("", "version", "published", "state", "description"), rows, indent="")
    alias = answers["alias"]
    if isinstance(alias, Alias):
        words.say(words.marked(f"Requests: {alias.state}", is_fine=not alias.is_blocked))


def show_addresses(aws: Aws) -> None:
    """Show the addresses of the site, the API, the database and the NAT gateways.

    Calls: cloudformation:DescribeStacks.
    Takes: a second.
    """
    rows = []
    for stack in aws.environment.stacks:
        description = aws.stacks[stack.name]
        if description is None:
            rows.append((stack.name, _NEVER, ""))
            continue
        rows += [
            (stack.name, output["OutputKey"], output["OutputValue"])
            for output in description.get("Outputs", [])
            if output["OutputKey"].endswith(_ADDRESSES)
        ]
    words.table(("stack", "output", "value"), rows)


def show_deleted_stacks(aws: Aws, stack: str) -> None:
    """Show the deleted stacks of a name, their package, and whether out/ has their template.

    AWS lists a deleted stack for 90 days. Only the template is compared, not the parameters.

    Args:
        stack: name of the stack, such as api.

    Example: show-deleted-stacks api
    Calls: cloudformation:ListStacks, cloudformation:DescribeStacks, cloudformation:GetTemplate.
    Takes: seconds.
    """
    deleted = aws.environment.stack(stack)
    client = aws.client("cloudformation", deleted.region)
    listed = aws.attempt(partial(aws.all_pages, client, "ListStacks", StackStatusFilter=[waiting.DELETED]))
    if isinstance(listed, Unknown):
        words.say(f"Deleted stacks: {listed}")
        return
    ids = [
        summary["StackId"] for summary in listed["StackSummaries"] if summary["StackName"] == deleted.deployed
    ]
    if not ids:
        raise Stop(f"There is no deleted stack {deleted.deployed}. AWS lists a deleted stack for 90 days.")
    rows = [_deleted_row(aws, client, deleted, stack_id) for stack_id in ids]
    words.table(("deleted", "package", "template", "stack"), rows)


def find_drift(aws: Aws, *stacks: str) -> None:
    """Find what was changed manually in stacks.

    CloudFormation compares only the properties in the template, and not all types of resources. The
    detection changes nothing. csr-templates verify --detect-drift says what each difference does.

    Args:
        stacks: names of the stacks; without one, all stacks.

    Example: find-drift api database
    Calls: cloudformation:DetectStackDrift, cloudformation:DescribeStackDriftDetectionStatus,
        cloudformation:DescribeStackResourceDrifts.
    Takes: minutes.
    """
    names = stacks or [stack.name for stack in aws.environment.stacks]
    compared = [aws.environment.stack(name) for name in names]
    for stack in compared:
        aws.require_stack(stack)
    detections = {stack.name: aws.attempt(partial(_detect, aws, stack)) for stack in compared}
    failed = []
    for stack in compared:
        detection = detections[stack.name]
        if isinstance(detection, Unknown):
            words.say(f"{words.WRONG} {stack.name}: {detection}")
        elif not _show_drift(aws, stack, detection):
            failed.append(stack.name)
    if failed:
        raise Stop(f"Not every resource could be compared of: {', '.join(failed)}.")


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
    if environment.has("DatabaseCluster") and aws.stacks[environment.stack_of("DatabaseCluster").name]:
        aws.client("rds", environment.stack_of("DatabaseCluster").region)
        reads[_DATABASE] = partial(leftovers.state_of_database, aws)
        reads[_LEFT] = partial(leftovers.of_database, aws)
    if environment.has("Distribution") and aws.stacks[environment.stack_of("Distribution").name]:
        client = aws.client("cloudfront", environment.stack_of("Distribution").region)
        reads[_INVALIDATIONS] = partial(_invalidations, aws, client)
    if environment.has("SiteBucket") and aws.stacks[environment.stack_of("SiteBucket").name]:
        aws.client("s3", environment.stack_of("SiteBucket").region)
        reads[_SITE] = partial(_site, aws)
    return reads


def _invalidations(aws: Aws, client: Any) -> str:
    try:
        distribution = aws.output("Distribution", "CloudFrontDistributionId")
    except Stop:  # the stack is being created
        return ""
    return ", ".join(site.in_progress(aws, client, distribution))


def _show_changes(answers: Mapping[str, Any]) -> None:
    """Show what still changes, and what is left from earlier work."""
    for title in (_INVALIDATIONS, _DATABASE, _LEFT):
        if isinstance(answers.get(title), Unknown):
            words.say(f"{words.WRONG} {title}: {answers[title]}")
    if isinstance(answers.get(_INVALIDATIONS), str) and answers[_INVALIDATIONS]:
        words.say(f"{_INVALIDATIONS} in progress: {answers[_INVALIDATIONS]}")
    if isinstance(answers.get(_DATABASE), list):
        for is_fine, sentence in answers[_DATABASE]:
            words.say(words.marked(sentence, is_fine=is_fine))
    if isinstance(answers.get(_LEFT), list):
        leftovers.show(answers[_LEFT])


def _show_stacks(aws: Aws) -> None:
    rows = []
    for stack in aws.environment.stacks:
        description = aws.stacks[stack.name]
        status = _NEVER
        changed = ""
        if description:
            status = description["StackStatus"]
            changed = _changed(description)
        rows.append((words.mark(is_fine=status in waiting.DEPLOYED), stack.name, status, changed))
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
    alias = aliases.read(aws, client, function)
    versions = aws.all_pages(client, "ListVersionsByFunction", FunctionName=function)["Versions"]
    text = f"Lambda version {alias.version}"
    for published in versions:
        if published["Version"] == alias.version:
            time = words.in_jst(datetime.fromisoformat(published["LastModified"]))
            text = f"Lambda version {alias.version}, published {time}, {published['Description']}"
    return f"{text}\n{words.marked(f'Requests: {alias.state}', is_fine=not alias.is_blocked)}"


def _site(aws: Aws) -> str:
    bucket = aws.name("SiteBucket")
    client = aws.client("s3", aws.environment.stack_of("SiteBucket").region)
    answer = client.list_object_versions(Bucket=bucket, Prefix="index.html")
    for version in answer.get("Versions", []):
        if version["IsLatest"] and version["Key"] == "index.html":
            return f"index.html of {words.in_jst(version['LastModified'])}"
    for marker in answer.get("DeleteMarkers", []):
        if marker["IsLatest"] and marker["Key"] == "index.html":
            return f"no index.html: deleted at {words.in_jst(marker['LastModified'])}"
    return "no index.html: nothing was uploaded"


def _is_own(aws: Aws, summary: Mapping[str, Any]) -> bool:
    return str(summary["StackName"]).startswith(f"{aws.environment.prefix}-")


def _listed(summary: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        summary["StackName"],
        summary["StackStatus"],
        words.in_jst(summary["CreationTime"]),
        words.in_jst(summary.get("DeletionTime")),
    )


# ---- Releases ----


def _stack_release(aws: Aws) -> int:
    return releases.number_of(aws.physical_id("ApiFunctionVersion"))


def _release_row(release: Release, answers: Mapping[str, Any]) -> Sequence[str]:
    """Return the row of a version; what is unknown marks nothing."""
    states = _alias_states(release, answers["alias"])
    deployed = answers["stack"]
    if release.number == deployed:
        states.append("of the stack")
    is_newer = isinstance(deployed, int) and release.number > deployed
    history = answers["history"]
    is_left = is_newer or (isinstance(history, History) and release.number in history.rolled_back)
    if is_left:
        states.append("left by a rolled-back deploy")
    elif not states and isinstance(history, History) and not history.covers(release):
        states.append("events expired")
    published = words.in_jst(datetime.fromisoformat(release.published))
    return (
        words.mark(is_fine=not is_left),
        str(release.number),
        published,
        ", ".join(states),
        release.description,
    )


def _alias_states(release: Release, alias: Alias | Unknown) -> list[str]:
    """Return whether a version answers, or will answer."""
    number = str(release.number)
    if isinstance(alias, Unknown):
        return []
    if number in alias.shares:
        return ["still runs"]
    if number != alias.version:
        return []
    if alias.shares:
        return ["is being prepared"]
    return ["runs"]


# ---- Deleted stacks ----


def _deleted_row(aws: Aws, client: Any, stack: Stack, stack_id: str) -> Sequence[str]:
    description = aws.attempt(partial(waiting.describe, aws, stack, stack_id))
    body = aws.attempt(partial(_deployed_template, client, stack_id))
    template = _template_in_folder(body, stack)
    if description is None or isinstance(description, Unknown):
        return str(description or ""), "", template, stack_id
    packages = [
        parameter["ParameterValue"]
        for parameter in description.get("Parameters", [])
        if parameter["ParameterKey"] == releases.OBJECT_VERSION
    ]
    return words.in_jst(description["DeletionTime"]), "".join(packages) or "none", template, stack_id


def _deployed_template(client: Any, stack_id: str) -> Any:
    return client.get_template(StackName=stack_id, TemplateStage="Original")["TemplateBody"]


def _template_in_folder(body: Any, stack: Stack) -> str:
    """Return whether the output folder has a deployed template, which is not a text if it was JSON."""
    if isinstance(body, Unknown):
        return str(body)
    if isinstance(body, str) and body.rstrip("\n") == stack.template.read_text("utf-8").rstrip("\n"):
        return str(stack.template)
    return "a different one"


# ---- Drift ----


def _detect(aws: Aws, stack: Stack) -> str:
    client = aws.client("cloudformation", stack.region)
    return str(client.detect_stack_drift(StackName=stack.deployed)["StackDriftDetectionId"])


def _show_drift(aws: Aws, stack: Stack, detection: str) -> bool:
    """Wait for a detection, show the differences, and return whether all resources were compared.

    Differences that cannot be read are marked; ``attempt`` has listed why.
    """
    client = aws.client("cloudformation", stack.region)
    status = waiting.until(
        aws,
        f"the drift of {stack.name}",
        partial(_detection_status, client, detection),
        lambda now: not now.startswith(_DETECTING),
        "minutes",
        aws.command("find-drift", stack.name),
    )
    drifts = aws.attempt(partial(_drifts, client, stack))
    if isinstance(drifts, Unknown):
        words.say(f"{words.WRONG} {stack.name}: {drifts}")
        return True
    compared = [drift for drift in drifts if drift["StackResourceDriftStatus"] in COMPARED]
    if not compared:
        words.say(f"{words.WRONG} Differences of {stack.name}: not known, because no resource was compared")
        return False
    rows = []
    for drift in compared:
        rows += _drift_rows(drift)
    words.say(f"Differences of {stack.name}: {len(rows) or 'none'}")
    words.table(("resource", "status", "property", "difference", "template", "now"), rows)
    _show_not_compared(stack, drifts)
    return status.startswith(_DETECTED)


def _show_not_compared(stack: Stack, drifts: Sequence[Mapping[str, Any]]) -> None:
    """Name the resources that CloudFormation lists, but did not compare."""
    not_compared = [
        f"{drift['LogicalResourceId']} ({drift['StackResourceDriftStatus']})"
        for drift in drifts
        if drift["StackResourceDriftStatus"] not in COMPARED
    ]
    if not_compared:
        words.say(f"Not compared of {stack.name}: {', '.join(not_compared)}")


def _detection_status(client: Any, detection: str) -> str:
    """Return the status, with the reason if a resource could not be compared; the others are shown then."""
    answer = client.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
    status = str(answer["DetectionStatus"])
    reason = answer.get("DetectionStatusReason", "")
    if not reason:
        return status
    return f"{status}: {reason}"


def _drifts(client: Any, stack: Stack) -> list[Mapping[str, Any]]:
    """Return what was found about each resource; with a filter, those that were not compared are missing."""
    answer = paging.complete(client, "DescribeStackResourceDrifts", {"StackName": stack.deployed})
    drifts: list[Mapping[str, Any]] = answer["StackResourceDrifts"]
    return drifts


def _drift_rows(drift: Mapping[str, Any]) -> list[Sequence[str]]:
    differences = drift.get("PropertyDifferences", [])
    kinds = [(difference["PropertyPath"], difference["DifferenceType"]) for difference in differences]
    if kinds == NOT_RETURNED or drift["StackResourceDriftStatus"] == _IN_SYNC:
        return []
    name, status = drift["LogicalResourceId"], drift["StackResourceDriftStatus"]
    if not differences:
        return [(name, status, "", "", "", "")]
    return [
        (
            name,
            status,
            difference["PropertyPath"],
            difference["DifferenceType"],
            difference["ExpectedValue"],
            difference["ActualValue"],
        )
        for difference in differences
    ]
