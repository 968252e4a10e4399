"""Waits for what goes on in AWS, also after a session of the shell has ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from cfn_analysis.model.wording import hint, series
from csr_templates.naming import RESTORED
from csr_templates.operating import clusters, deploys, waiting, words
from csr_templates.operating.aws import Aws
from csr_templates.operating.environment import Stack
from csr_templates.operating.problems import Stop, WrongInput

_API_CHANGES: Final = frozenset({"UPDATING", "PENDING"})
_DISTRIBUTION_DEPLOYED: Final = "Deployed"
_CLUSTER_ENDS: Final = frozenset(
    {
        clusters.ABSENT,
        "available",
        "deleting",
        "failed",
        "inaccessible-encryption-credentials",
        "inaccessible-encryption-credentials-recoverable",
        "incompatible-parameters",
        "incompatible-restore",
        "stopped",
    }
)
"""Statuses of a cluster that do not change by themselves, or not to ``available``.

https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/accessing-monitoring.html
"""


def wait(aws: Aws, *what: str) -> None:
    """Wait until the change of a stack, the API, the distribution or a cluster is over.

    The status is 1 if a change failed or was rolled back, and if the distribution is disabled.

    Args:
        what: one or more, of the stacks, api-settings (of TLS), distribution, cluster, restored-cluster.

    Example: wait api distribution
    Calls: apigateway:GetRestApi, cloudfront:GetDistribution, rds:DescribeDBClusters.
    Takes: as long as the change.
    """
    waits = _waits(aws)
    if not what:
        raise WrongInput(f"Specify what to wait for: {series(list(waits))}.")
    for name in what:
        if name not in waits:
            raise WrongInput(
                f"There is no {name} to wait for.{hint(name, waits)} There are {series(list(waits))}."
            )
    for name in what:
        waits[name]()


def _waits(aws: Aws) -> Mapping[str, Callable[[], None]]:
    """Return what can be waited for; a stack of the same name comes first."""
    return {
        "api-settings": partial(_for_api_settings, aws),
        "distribution": partial(_for_distribution, aws),
        "cluster": partial(_for_cluster, aws, "cluster", ""),
        "restored-cluster": partial(_for_cluster, aws, "restored-cluster", RESTORED),
        **{stack.name: partial(_for_stack, aws, stack) for stack in aws.environment.stacks},
    }


def _for_stack(aws: Aws, stack: Stack) -> None:
    if not aws.status(stack):
        words.say(f"The stack {stack.name} does not exist.")
        return
    status = waiting.until(
        aws,
        f"the stack {stack.name}",
        partial(_status, aws, stack),
        _is_over,
        waiting.OF_STACK,
        aws.command("wait", stack.name),
    )
    if status == waiting.DELETED:
        words.say(f"The stack {stack.name} is deleted.")
        return
    if status == waiting.REVIEW:
        raise Stop(f"The stack {stack.name} is {status}: its first change set has not been executed.")
    if status not in waiting.DEPLOYED:
        raise waiting.failed(status, stack, aws)
    words.say(f"The stack {stack.name} is {status}.")
    deploys.say_missing_triggers(aws, stack)


def _status(aws: Aws, stack: Stack) -> str:
    description = aws.describe(stack)
    if not description:
        return waiting.DELETED
    return str(description["StackStatus"])


def _is_over(status: str) -> bool:
    return status == waiting.REVIEW or not status.endswith("_IN_PROGRESS")


def _for_api_settings(aws: Aws) -> None:
    client = aws.client("apigateway", aws.environment.stack_of("RestApi").region)
    api = aws.output("RestApi", "ApiGatewayId")
    waiting.sleep(waiting.SECONDS)  # AWS may still show the status before the change
    status = waiting.until(
        aws,
        "the settings of the API",
        lambda: str(client.get_rest_api(restApiId=api)["apiStatus"]),
        lambda now: now not in _API_CHANGES,
        "minutes",
        aws.command("wait", "api-settings"),
    )
    if status != "AVAILABLE":
        raise Stop(f"The API {api} is {status}, not AVAILABLE.")


def _for_distribution(aws: Aws) -> None:
    client = aws.client("cloudfront", aws.environment.stack_of("Distribution").region)
    distribution = aws.output("Distribution", "CloudFrontDistributionId")
    end = waiting.until(
        aws,
        f"the distribution {distribution}",
        partial(_distribution_status, client, distribution),
        lambda now: now.startswith(_DISTRIBUTION_DEPLOYED),
        "minutes",
        aws.command("wait", "distribution"),
    )
    if end != _DISTRIBUTION_DEPLOYED:
        raise Stop(
            f"The distribution {distribution} is disabled, so CloudFront does not serve the site. Find out "
            "who disabled it and why (UpdateDistribution in the CloudTrail event history of us-east-1), and "
            "enable it in the CloudFront console."
        )


def _distribution_status(client: Any, distribution: str) -> str:
    """Return the status of the distribution; a disabled one is deployed, too."""
    description = client.get_distribution(Id=distribution)["Distribution"]
    if description["DistributionConfig"]["Enabled"]:
        return str(description["Status"])
    return f"{description['Status']}, disabled"


def _for_cluster(aws: Aws, what: str, ending: str) -> None:
    cluster = aws.name("DatabaseCluster") + ending
    end = waiting.until(
        aws,
        f"the cluster {cluster}",
        partial(clusters.status, aws, cluster),
        _CLUSTER_ENDS.__contains__,
        "minutes, after a restore up to an hour",
        aws.command("wait", what),
    )
    if end == clusters.ABSENT:
        raise Stop(f"The cluster {cluster} does not exist.")
    if end != "available":
        raise Stop(f"The cluster {cluster} is {end}, not available.")
