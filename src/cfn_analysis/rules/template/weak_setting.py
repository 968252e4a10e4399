from typing import Any

from cfn_analysis.rules.support.references import own_type
from cfn_analysis.rules.support.rule import Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.settings import misfits, read
from cfn_analysis.rules.support.values import values

ROWS = read(__file__)


class WeakSetting(Rule):
    """Setting that disables or weakens what it is about.

    The resource is created, but protects or does less than it seems: data encrypted with a disabled KMS key
    cannot be used, a rule group with OverrideAction Count blocks nothing, a viewer may use plain HTTP. Set
    what the message names, or remove the resource. If the setting is intended, ignore this rule with the
    reason. A value of a condition, or of a parameter that allows another one, is not reported.
    """

    id = "W9516"
    source_url = "https://docs.aws.amazon.com/kms/latest/developerguide/enabling-keys.html"
    fault_class = "protections"
    looks_at = properties_of(*ROWS)

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for misfit in misfits(validator, properties, ROWS[own_type(validator)], values):
            if misfit.case.context.conditions.status == validator.context.conditions.status:
                yield misfit.fault()
