from typing import Any

from cfn_analysis.rules.support.references import own_type
from cfn_analysis.rules.support.rule import Findings, Rule, Validator, properties_of
from cfn_analysis.rules.support.settings import faulty_settings, rows_by_type

ROWS = rows_by_type("E9735")


class SettingsThatDoNotFit(Rule):
    """Settings that the service refuses, or that have no effect because of another.

    The schemas check each property alone. Many settings need another one, in the same resource or in the one
    that they refer to: an interval of Enhanced Monitoring needs a role, a dead-letter queue of a function
    must not be FIFO. The message names the settings, and what to set. Of a parameter, the default is
    compared.
    """

    id = "E9735"
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html"
    finding_class = "values"
    looks_at = properties_of(*ROWS)

    def findings(self, validator: Validator, properties: Any) -> Findings:
        for _, finding in faulty_settings(validator, properties, ROWS[own_type(validator)]):
            yield finding
