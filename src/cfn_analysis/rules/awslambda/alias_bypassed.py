from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.lambdas import (
    ALIAS,
    INTEGRATION,
    METHOD,
    called_function,
    function_of,
    integration,
)
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import scenarios, when
from cfn_analysis.rules.support.values import of_type, values

PERMISSION = "AWS::Lambda::Permission"


class AliasBypassed(Rule):
    """Integration or permission on the function instead of its alias.

    An integration with the function's own ARN runs $LATEST: the alias, its version and its provisioned
    concurrency are not used. A permission on the function does not apply to its alias: API Gateway cannot
    call it and returns 500. Ref of an AWS::Lambda::Alias is its ARN: use it in the URI and as FunctionName of
    the permission.
    """

    id = "E9563"
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html"
    finding_class = "names"
    looks_at = properties_of(METHOD, INTEGRATION, PERMISSION)
    first_only = True

    def findings(self, validator: Validator, properties: Any) -> Findings:
        aliases = _aliases(validator)
        if not aliases:
            return
        find = _permission if "Principal" in properties else _integration
        yield from find(validator, properties, aliases)


def _aliases(validator: Validator) -> dict[str, str]:
    """Return the aliases of the template by the function they belong to."""
    resources = validator.cfn.template.get("Resources", {})
    aliases = {
        function_of(validator, properties.get("FunctionName")): alias
        for alias, _, properties in of_type(resources, ALIAS)
    }
    return {function: alias for function, alias in aliases.items() if function}


def _integration(validator: Validator, properties: Any, aliases: dict[str, str]) -> Findings:
    for plain, case in scenarios(validator, properties):
        settings, name, holder = integration(plain)
        function, qualifier = called_function(case, value_at(settings, (name,)))
        if function in aliases and not qualifier:
            alias = aliases[function]
            yield RuleFinding(
                (holder, name) if holder else (name,),
                f"{name} calls the function {function} itself{when(validator, [case])}: that is $LATEST, and "
                f"the alias {alias} is bypassed. Write ${{{alias}}} instead of ${{{function}.Arn}}.",
            )


def _permission(validator: Validator, properties: Any, aliases: dict[str, str]) -> Findings:
    if properties.get("Principal") != "apigateway.amazonaws.com":
        return
    calls = _calls(validator)
    for name, case in values(validator, properties.get("FunctionName")):
        function = function_of(case, name)
        qualifiers = {qualifier for called, qualifier in calls if called == function}
        if function in aliases and qualifiers and "" not in qualifiers:
            alias = aliases[function]
            yield RuleFinding(
                ("FunctionName",),
                f"FunctionName is the function {function}{when(validator, [case])}, but the API calls its "
                f"alias {alias}: a permission on the function does not apply to the alias, and every call "
                f"fails. Write Ref {alias}.",
            )


def _calls(validator: Validator) -> set[tuple[str, str]]:
    """Return every function that an integration of the template calls, with the alias or empty."""
    resources = validator.cfn.template.get("Resources", {})
    calls = set()
    for _, _, properties in of_type(resources, METHOD, INTEGRATION):
        for plain, case in scenarios(validator, properties):
            settings, name, _ = integration(plain)
            calls.add(called_function(case, value_at(settings, (name,))))
    return calls
