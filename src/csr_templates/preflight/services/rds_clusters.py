"""The clusters of the stacks, before a deploy and as they are deployed."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from csr_templates.naming import OLD, RESTORED
from csr_templates.preflight import deployed, remedies
from csr_templates.preflight.deployed_resources import DeployedResource
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.resolved_environment import ResolvedEnvironment
from csr_templates.preflight.results import Result, SkippedError, Subject, TemplateResource, passed, warned
from csr_templates.preflight.services import rds_calls

CLUSTER: Final = "AWS::RDS::DBCluster"
INSTANCE: Final = "AWS::RDS::DBInstance"
_LEFT: Final = {RESTORED: "restored", OLD: "old"}
"""End of an identifier -> the argument of ``delete-spare-cluster``."""


def clusters(environment: ResolvedEnvironment) -> Iterator[Subject]:
    """Yield each cluster of the templates, by its identifier."""
    for stack, logical_id, properties in environment.of_type(CLUSTER):
        cluster = TemplateResource(logical_id, properties)
        yield Subject(str(properties["DBClusterIdentifier"]), stack, cluster)


def cluster_of_stack(subject: Subject, lookup: Lookup) -> dict[str, Any] | None:
    """Return the cluster as RDS describes it; None if the stack does not have it."""
    resource: TemplateResource = subject.about
    if not deployed.physical_id(lookup, subject.stack, resource.logical_id):
        return None
    clusters: list[dict[str, Any]] = lookup(rds_calls.cluster.query(subject.stack.region, subject.id)) or []
    if not clusters:
        return None
    return clusters[0]


def not_yet(subject: Subject) -> Result:
    """Return the result about a cluster before its first deploy."""
    return warned(
        f"The cluster {subject.id} does not exist yet.", "No action is needed before the first deploy."
    )


def deployed_cluster(resource: DeployedResource, lookup: Lookup) -> Mapping[str, Any]:
    """Return the cluster; empty if it does not exist."""
    clusters: list[Mapping[str, Any]] = (
        lookup(rds_calls.cluster.query(resource.region, resource.physical_id)) or []
    )
    if not clusters:
        return {}
    return clusters[0]


def judge_left(resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    """Judge what a restore has left: a cluster that is billed, and that may be taken for the one in use."""
    name = resource.physical_id
    calls = [rds_calls.cluster.query(resource.region, name + ending) for ending in ("", *_LEFT)]
    own, *left = lookup.all(calls)
    if not own:
        raise SkippedError
    for ending, clusters, call in zip(_LEFT, left, calls[1:], strict=True):
        if clusters:
            delete = remedies.csr_operate(environment, "delete-spare-cluster", _LEFT[ending])
            return warned(
                f"The cluster {name}{ending} is left from a restore, and billed.",
                f"When the restore is complete and nothing of it is needed, delete it: {delete}",
                call,
            )
    return passed(f"No cluster is left from a restore of {name}.")
