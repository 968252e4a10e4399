from typing import Any

from cfn_analysis.rules.support.references import own_type
from cfn_analysis.rules.support.rule import Findings, Rule, Validator, properties_of
from cfn_analysis.rules.support.settings import faulty_settings, rows_by_type
from cfn_analysis.rules.support.values import values

ROWS = rows_by_type("W9516")


class WeakSetting(Rule):
    """Setting that disables or weakens what it is about.

    The resource is created, but protects or does less than it seems: data encrypted with a disabled KMS key
    cannot be used, a rule group with OverrideAction Count blocks nothing, a viewer may use plain HTTP, a
    security group without SecurityGroupEgress allows all outbound traffic. Set what the message names, or
    remove the resource. If the setting is intended, ignore this rule with the reason. A value that a
    condition decides, or a parameter that allows another one, is not reported, except for caches and outbound
    traffic.
    """

    id = "W9516"
    source_url = "https://docs.aws.amazon.com/kms/latest/developerguide/enabling-keys.html"
    finding_class = "protections"
    looks_at = properties_of(*ROWS)

    def findings(self, validator: Validator, properties: Any) -> Findings:
        assumed = validator.context.conditions.status
        for row, finding in faulty_settings(validator, properties, ROWS[own_type(validator)], values):
            decided = finding.case is not None and finding.case.context.conditions.status != assumed
            if row.conditional or not decided:
                yield finding
