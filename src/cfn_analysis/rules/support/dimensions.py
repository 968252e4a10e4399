"""The sets of dimensions by which services report their metrics."""

from collections.abc import Iterable

from cfn_analysis.rules.support.words import rows, words

DimensionSets = tuple[tuple[str, ...], ...]

# Of these services the sets are all there are.
COMPLETE = ("AWS/NATGateway", "AWS/SQS", "AWS/Scheduler")

# The others report by more dimensions than those. A set is known to be none if it is made of the service's
# own names above and of these, which belong to other services.
FOREIGN = words("""
    ApiId ApiName DBClusterIdentifier DBInstanceIdentifier DistributionId FunctionName QueueName Region Stage
    WebACL
""")


def _sets(line: str) -> tuple[list[str], DimensionSets]:
    metrics, listed = line.split(": ")
    sets = [part.replace("-", "").split() for part in listed.split("|")]
    return metrics.split(), tuple(tuple(names) for names in sets)


def _sets_by_metric() -> dict[tuple[str, str], DimensionSets]:
    """Return namespace and name of a metric -> its sets; the name is empty for all metrics of a service."""
    by_metric: dict[tuple[str, str], DimensionSets] = {}
    for line in rows(__file__):
        (namespace, *names), sets = _sets(line)
        for name in names or [""]:
            by_metric[namespace, name] = sets
    return by_metric


SETS = _sets_by_metric()


def sets_of(namespace: str | None, name: str | None) -> DimensionSets:
    """Return the sets of dimensions of a metric; none if they are not known."""
    return SETS.get((namespace or "", name or ""), SETS.get((namespace or "", ""), ()))


def is_missing(namespace: str | None, sets: DimensionSets, names: Iterable[str]) -> bool:
    """Return whether a service reports nothing by these dimensions."""
    dimensions = sorted(names)
    if not sets or dimensions in [sorted(names_of_set) for names_of_set in sets]:
        return False
    return namespace in COMPLETE or all(_is_listed(namespace, name) for name in dimensions)


def _is_listed(namespace: str | None, dimension: str) -> bool:
    """Return whether a dimension is one of a service, or of another service, in any capitals."""
    names = [*FOREIGN]
    for names_of_set in sets_of(namespace, None):
        names += names_of_set
    return dimension.lower() in [name.lower() for name in names]


def sets_text(sets: DimensionSets) -> str:
    """Return the most useful sets in words."""
    return ", or ".join(" and ".join(names) or "none" for names in sets[:3])
