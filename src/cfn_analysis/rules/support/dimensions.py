"""The sets of dimensions by which services report their metrics."""

from collections.abc import Iterable

from cfn_analysis.rules.support.words import rows, words

Sets = tuple[tuple[str, ...], ...]

# Of these services the sets are all there are.
COMPLETE = ("AWS/NATGateway", "AWS/SQS")

# The others report by more dimensions than those. A set is known to be none if it is made of the service's
# own names above and of these, which belong to other services.
FOREIGN = words("""
    ApiId ApiName DBClusterIdentifier DBInstanceIdentifier DistributionId FunctionName QueueName Region Stage
    WebACL
""")


def _sets(line: str) -> tuple[list[str], Sets]:
    metrics, listed = line.split(": ")
    return metrics.split(), tuple(tuple(part.replace("-", "").split()) for part in listed.split("|"))


SETS = {
    (namespace, name): sets
    for (namespace, *names), sets in map(_sets, rows(__file__))
    for name in names or ("",)
}


def sets_of(namespace: str | None, name: str | None) -> Sets:
    """Return the sets of dimensions of a metric; none if they are not known."""
    return SETS.get((namespace or "", name or ""), SETS.get((namespace or "", ""), ()))


def is_missing(namespace: str | None, sets: Sets, names: Iterable[str]) -> bool:
    """Return whether a service reports nothing by these dimensions."""
    given = tuple(sorted(names))
    known = {name.lower() for name in (*FOREIGN, *(name for of in sets_of(namespace, None) for name in of))}
    judged = namespace in COMPLETE or {name.lower() for name in given} <= known
    return bool(sets) and judged and given not in [tuple(sorted(one)) for one in sets]


def sets_text(sets: Sets) -> str:
    """Return the most useful sets in words."""
    return ", or ".join(" and ".join(names) or "none" for names in sets[:3])
