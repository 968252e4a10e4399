import re
from typing import Any

from cfn_analysis.rules.support.references import own_id, own_type, partial_text
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.values import case_of, of_type
from cfn_analysis.rules.support.words import columns

PROPERTIES = {f"AWS::{kind}": name for kind, name in columns(__file__)}


class SecretSetTwice(Rule):
    """Two resources that get the same secret.

    An API key, a password or a token is set from a secret or a parameter that already sets the one of another
    resource. A caller with one of them has both, and changing from one key to the other changes nothing. Use
    a secret for each. Resources that never exist together may share one.
    """

    id = "W9794"
    source_url = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/best-practices.html"
    finding_class = "names"
    looks_at = properties_of(*PROPERTIES)

    def findings(self, validator: Validator, properties: Any) -> Findings:
        name = PROPERTIES[own_type(validator)]
        source = _source(properties.get(name))
        if source is None:
            return
        for earlier, resource, of_earlier in of_type(validator.cfn.template["Resources"], *PROPERTIES):
            if earlier == own_id(validator):
                return
            if _source(of_earlier.get(PROPERTIES[resource["Type"]])) != source:
                continue
            if case_of(validator, resource):
                yield RuleFinding(
                    (name,),
                    f"{name} is {source}, which also sets {PROPERTIES[resource['Type']]} of {earlier}: both "
                    "have the same secret. Use another one.",
                )
                return


def _source(value: Any) -> str | None:
    """Return the dynamic reference or the parameter of a value; None for another value."""
    text = partial_text(value)
    if text is None or "${Fn::" in text:
        return None
    if re.fullmatch(r"\{\{resolve:.*\}\}|\$\{[\w:]+\}", text):
        return text
    return None
