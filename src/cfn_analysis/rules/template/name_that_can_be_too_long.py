import re
from typing import Any

from cfn_analysis.rules.support.references import own_type, sub_text
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import number
from cfn_analysis.rules.support.values import branches, place
from cfn_analysis.rules.support.words import rows

LONGEST = {kind: (name, int(most)) for kind, name, most in map(str.split, rows(__file__))}
PSEUDO = {"AWS::AccountId": 12, "AWS::Partition": 3, "AWS::Region": 9}


class NameThatCanBeTooLong(Rule):
    """Parameter that allows a name longer than the service accepts.

    Values up to the MaxLength of a parameter should work. If the parameter is part of a name, such
    as a bucket name with at most 63 characters, the creation of the stack fails for a long value. Lower
    MaxLength. The rule does not check parameters without MaxLength.
    """

    id = "W9518"
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"
    fault_class = "conditions"
    looks_at = properties_of(*LONGEST)

    def faults(self, validator: Validator, properties: Any) -> Faults:
        name, most = LONGEST[own_type(validator)]
        parameters = validator.cfn.template.get("Parameters", {})
        for value, case in branches(validator, properties, name) if name in properties else ():
            text = sub_text(value) or ""
            lengths = {part: _length(part, parameters) for part in re.findall(r"\$\{([^}]*)\}", text)}
            blamed = [part for part in lengths if "MaxLength" in (parameters.get(part) or {})]
            if not blamed or None in lengths.values():
                continue
            parts = re.split(r"\$\{([^}]*)\}", text)  # text and references alternate
            longest = sum(map(len, parts[::2])) + sum(lengths[part] or 0 for part in parts[1::2])
            if longest > most:
                yield Fault(
                    place(case, validator),
                    f"{name} is {text}{{when}} and can have {longest} characters, but at most {most} are "
                    f"allowed. Lower MaxLength of {' and '.join(blamed)}.",
                    case,
                )


def _length(part: str, parameters: Any) -> int | None:
    """Return how long a part of a name can be; None if the template does not determine it."""
    if part in PSEUDO:
        return PSEUDO[part]
    parameter = parameters.get(part)
    allowed = parameter.get("AllowedValues") if isinstance(parameter, dict) else None
    if isinstance(allowed, list) and allowed:
        return max(len(str(value)) for value in allowed)
    most = number(parameter.get("MaxLength")) if isinstance(parameter, dict) else None
    return None if most is None else int(most)
