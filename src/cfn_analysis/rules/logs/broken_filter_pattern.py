import re
from typing import Any

from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.values import show, values

SIGNS = {"and": "&&", "or": "||"}


class BrokenFilterPattern(Rule):
    """Filter pattern with invalid syntax.

    A pattern for JSON is between { and }, names fields by $., compares with a single = and joins
    conditions by && and ||; one for text between [ and ] has one name for each column. An open bracket, brace
    or quotation mark is refused, and so are == and the word and.
    """

    id = "E9662"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html"
    fault_class = "documents"
    looks_at = properties_of("AWS::Logs::MetricFilter", "AWS::Logs::SubscriptionFilter")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for value, case in values(validator, properties.get("FilterPattern")):
            problem = _problem(value.strip()) if isinstance(value, str) else ""
            if problem:
                yield Fault(
                    ("FilterPattern",),
                    f"FilterPattern is {show(value)}{{when}}: {problem}. CloudWatch Logs refuses it.",
                    case,
                )


def _problem(pattern: str) -> str:
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', '""', pattern)
    if bare.replace('""', "").count('"'):
        return "a quotation mark is not closed"
    plain = re.sub(r"%[^%]*%", "%%", bare.replace('""', "x"))
    if not plain.startswith(("{", "[")):
        return ""
    for opening, closing in ("{}", "()"):
        if plain.count(opening) != plain.count(closing):
            return f"it has {plain.count(opening)} {opening} and {plain.count(closing)} {closing}"
    if not plain.endswith("}" if plain.startswith("{") else "]"):
        return f"it begins with {plain[0]} and does not end with {'}' if plain[0] == '{' else ']'}"
    if "==" in plain:
        return "it compares with ==, which is written ="
    word = re.search(r"[^\s(]\s+(and|or)\s+\(*\s*\$", plain, re.IGNORECASE)
    if word:
        return f"it joins conditions by {word[1]}, which is written {SIGNS[word[1].lower()]}"
    fields = re.findall(r"([^\s(){}&|!=<>]+)\s*(?:!=|<=|>=|=|<|>|IS\b|NOT\b|EXISTS\b)", plain)
    wrong = [field for field in fields if not field.startswith("$")] if plain.startswith("{") else []
    return f"{wrong[0]} is a field, which is written $.{wrong[0].lstrip('.')}" if wrong else ""
