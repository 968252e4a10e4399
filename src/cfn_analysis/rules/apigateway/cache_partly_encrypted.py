from typing import Any

from cfn_analysis.rules.support.apis import STAGE
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value, scenarios
from cfn_analysis.rules.support.values import Path, existing, is_true, mappings, show, values

ENCRYPTED = "CacheDataEncrypted"
ADVICE = "Set it to true there: it takes effect only for a method that is cached."


class CachePartlyEncrypted(Rule):
    """API cache that is encrypted for some methods only.

    A method that is cached later should be encrypted like the others. CacheDataEncrypted in the entry of
    MethodSettings for all methods (HttpMethod * and ResourcePath /*) ensures it, and has no effect until
    then. Control Tower's control CT.APIGATEWAY.PR.3 refuses a stage with a cache that lacks it there, or has
    it false in another entry.
    """

    id = "W9535"
    source_url = "https://docs.aws.amazon.com/controltower/latest/controlreference/api-gateway-rules.html"
    finding_class = "protections"
    looks_at = properties_of(STAGE)

    def findings(self, validator: Validator, stage: Any) -> Findings:
        for enabled, cached in values(validator, stage.get("CacheClusterEnabled")):
            for settings, case in scenarios(
                cached, stage.get("MethodSettings") if is_true(enabled) else None
            ):
                yield from _unencrypted(case, stage, settings)


def _unencrypted(case: Validator, stage: Any, settings: Any) -> Findings:
    entries = mappings(settings)
    encrypted = [is_true(only_value(case, entry.get(ENCRYPTED))) for entry in entries]
    if not any(encrypted):
        return  # where something is cached, W9528 finds it
    if not any(_is_for_all(entry) for entry in entries):
        yield RuleFinding(
            ("MethodSettings",),
            "MethodSettings has no entry for all methods (HttpMethod * and ResourcePath /*){when}, and "
            f"{ENCRYPTED} is true for others: a method that is cached later is not encrypted. Add "
            f"{{HttpMethod: '*', ResourcePath: /*, {ENCRYPTED}: true}}.",
            case,
        )
    for index, entry in enumerate(entries):
        value = entry.get(ENCRYPTED)
        decided = only_value(case, value)
        plain = (value is None and _is_for_all(entry)) or (decided is not None and not is_true(decided))
        if plain and not is_true(only_value(case, entry.get("CachingEnabled"))):  # which W9528 finds
            whom = (
                "all methods (HttpMethod * and ResourcePath /*)"
                if _is_for_all(entry)
                else f"{entry.get('HttpMethod')} {entry.get('ResourcePath')}"
            )
            yield RuleFinding(
                _place(stage, settings, index),
                f"{ENCRYPTED} is {'missing' if value is None else show(value)} for {whom}{{when}}, and true "
                f"for others: methods cached there later are not encrypted. {ADVICE}",
                case,
            )


def _is_for_all(entry: Any) -> bool:
    return [entry.get("HttpMethod"), entry.get("ResourcePath")] == ["*", "/*"]


def _place(stage: Any, settings: Any, index: int) -> Path:
    """Return the path of an entry's property, or of the entries where conditions change their number."""
    if isinstance(stage["MethodSettings"], list) and len(stage["MethodSettings"]) == len(settings):
        return existing(stage, ("MethodSettings", index, ENCRYPTED))
    return ("MethodSettings",)
