import re
from typing import Any

from cfn_analysis.rules.support.queries import commands
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.words import did_you_mean, words

COMMANDS = words("""
    accum addtotals anomaly appendcols autoregress cidrlookup countFrequent dedup diff display estimate expand
    fields filldown fillmissing filter filterIndex join limit logcompare lookup outlier parse pattern
    relevantfields sessionize sort SOURCE stats subqueries unmask unnest where
""")
# Of the other languages, and of none of the commands so far.
FOREIGN = ("count", "eval", "from", "group", "having", "head", "order", "rename", "select", "top")


class UnknownQueryCommand(Rule):
    """Saved query with a command that Logs Insights does not have.

    A query is a list of commands separated by '|'. AWS::Logs::QueryDefinition saves any text, and the query
    fails when it is run. SELECT, GROUP BY and HAVING belong to other query languages: set QueryLanguage to
    SQL or PPL to use them. A word that is neither close to a command nor one of those may be a new command,
    and is not judged.
    """

    id = "E9665"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html"
    finding_class = "documents"
    looks_at = properties_of("AWS::Logs::QueryDefinition")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        commands_in_small_letters = [name.lower() for name in COMMANDS]
        for query in commands(validator, properties):
            for command in query:
                word = re.match(r"([A-Za-z]+)\b", command)
                if word is None or word[1].lower() in commands_in_small_letters:
                    continue
                hint = did_you_mean(word[1], COMMANDS, 0.75)
                if hint or word[1].lower() in FOREIGN:
                    yield RuleFinding(
                        ("QueryString",),
                        f"QueryString has the command {word[1]}, which Logs Insights does not have.{hint}",
                    )
