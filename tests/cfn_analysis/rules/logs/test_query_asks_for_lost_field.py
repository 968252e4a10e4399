"""Fields of saved queries."""

from ..harness import frame

query = frame("""
  Query: {Type: AWS::Logs::QueryDefinition, Properties: {QueryString: '<text>'<more=>}}
""")

GOOD = {
    "result": query("stats count(*) as requests by status | sort requests desc"),
    "field behind by": query("stats count(*) by status, bin(5m) | sort status"),
    "before stats": query("sort latency | stats latest(latency) by status"),
    "function": query("stats count(*) by status | sort count(*) desc"),
    "without stats": query("fields latency | sort latency desc"),
    "another command between": query("stats count(*) as n by a | fields n * 2 as twice | sort twice"),
    "another language": query("stats count() by status | sort latency", ", QueryLanguage: PPL"),
}

BAD = {
    "lost": (
        query("fields latency | stats count(*) as requests by status | sort latency desc | limit 20"),
        "Resources/Query/Properties/QueryString",
        "QueryString sorts by latency, which stats does not leave: the order is arbitrary. Sort by a result "
        "of stats, or by a field behind by.",
    ),
    "inside a function": (
        query("stats avg(latency) as mean by path | sort latency"),
        "Resources/Query/Properties/QueryString",
        "QueryString sorts by latency, which stats does not leave: the order is arbitrary. Sort by a result "
        "of stats, or by a field behind by.",
    ),
}
