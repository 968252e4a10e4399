"""Saved queries."""

from ..harness import frame

query = frame("""
  Query:
    Type: AWS::Logs::QueryDefinition
    Properties: {Name: a, QueryString: <text><more=>}
""")

PATH = "Resources/Query/Properties/QueryString"

GOOD = {
    "chain": query(
        "'fields @timestamp, @message | filter @message like /a|b/ | sort @timestamp desc | limit 20'"
    ),
    "quoted": query("'filter a = \"x | y\" | stats count(*) by bin(5m)'"),
    "SQL": query("'SELECT * FROM a'", ", QueryLanguage: SQL"),
    "function": query("!ImportValue query"),
    "newer than the list": query("'fields a | enrich b'"),
    "where": query("'fields a | where b = 1'"),
    "gaps": query("'stats count(*) by bin(5m) | fillmissing 0'"),
    "totals": query("'stats count(*) by a | addtotals'"),
}

BAD = {
    "misspelt": (
        query("'fields @timestamp | filtr @message like /a/'"),
        "QueryString has the command filtr, which Logs Insights does not have. Did you mean filter?",
    ),
    "SQL": (
        query("!Sub 'SELECT * FROM ${AWS::StackName}'"),
        "QueryString has the command SELECT, which Logs Insights does not have.",
    ),
    "of PPL": (
        query("'fields a | eval b = 1'"),
        "QueryString has the command eval, which Logs Insights does not have.",
    ),
}
