import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from cfn_analysis.rules.support.queries import commands
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of

STATS = re.compile(r"stats\s+(.*?)(?:\s+by\s+(.*))?$", re.IGNORECASE | re.DOTALL)
SORT = re.compile(r"sort\s+([@\w.]+)(?:\s+(?:asc|desc))?$", re.IGNORECASE)


class QueryAsksForLostField(Rule):
    """Saved query that sorts by a field that stats has removed.

    After stats, a record holds only the results of its functions and the fields that stand behind by. A sort
    by any other field has nothing to compare, so the order is arbitrary, and a limit after it keeps the wrong
    records. Sort by the name of a result, such as latest(latency) as newest, or before stats.
    """

    id = "E9674"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Stats.html"
    finding_class = "documents"
    looks_at = properties_of("AWS::Logs::QueryDefinition")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        for query in commands(validator, properties):
            for field in _lost(query):
                yield RuleFinding(
                    ("QueryString",),
                    f"QueryString sorts by {field}, which stats does not leave: the order is arbitrary. Sort "
                    "by a result of stats, or by a field behind by.",
                )


def _lost(query: list[str]) -> Iterator[str]:
    """Yield the fields by which a sort right after stats asks in vain."""
    for before, command in pairwise(query):
        stats, sort = STATS.match(before), SORT.match(command)
        if not stats or not sort or "$" in before or "`" in before:
            continue
        field = sort[1]
        remaining = re.findall(r"\bas\s+([@\w.]+)", before, re.IGNORECASE)
        remaining += re.findall(r"[@\w.]+", stats[2] or "")
        if field not in remaining and not re.search(rf"{re.escape(field)}\s*\(", stats[1]):
            yield field
