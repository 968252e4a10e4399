from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.lambdas import FUNCTION, INTEGRATION, METHOD, called_function, integration
from cfn_analysis.rules.support.references import find_resource
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import default_values, number, scenarios, state, when

FUNCTION_DEFAULT = 3  # seconds
INTEGRATION_DEFAULTS = {"Integration": 29_000, "": 30_000}  # milliseconds: REST API, HTTP API


class FunctionOutlivesIntegration(Rule):
    """Function with a longer timeout than the integration that calls it.

    API Gateway stops waiting after TimeoutInMillis (29 seconds by default, 30 of an HTTP API) and answers
    504. A function with a longer timeout continues, is billed, may still write data, and does not log a
    timeout. Set its timeout a second below that of the integration. For parameters, the defaults are
    compared.
    """

    id = "W9565"
    source_url = "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html"
    finding_class = "values"
    looks_at = properties_of(METHOD, INTEGRATION)
    first_only = True

    def findings(self, validator: Validator, properties: Any) -> Findings:
        for plain, case in scenarios(validator, properties):
            settings, name, holder = integration(plain)
            # Not AWS: such an integration may invoke asynchronously and wait for nothing.
            kinds = [value_at(settings, (key,)) for key in ("Type", "IntegrationType")]
            if "AWS_PROXY" not in kinds:
                continue
            function_id, _ = called_function(case, settings.get(name))
            logical_id, function = find_resource(case, function_id, FUNCTION)
            if not logical_id:
                continue
            path = [holder] if holder else []
            if "TimeoutInMillis" in settings:
                path.append("TimeoutInMillis")
            time_limit = settings.get("TimeoutInMillis", INTEGRATION_DEFAULTS[holder])
            timeout = function.get("Timeout", FUNCTION_DEFAULT)
            for seconds, timeout_case in default_values(case, timeout):
                for milliseconds, limit_case in default_values(timeout_case, time_limit):
                    if not _is_longer(seconds, milliseconds):
                        continue
                    yield RuleFinding(
                        tuple(path),
                        f"TimeoutInMillis {state(timeout_case, limit_case, time_limit, milliseconds)}"
                        f"{when(validator, [case])}, but Timeout of {logical_id} "
                        f"{state(case, timeout_case, timeout, seconds)} seconds: the API has timed out by "
                        "then, and the function continues. Give the function a second less than the "
                        "integration.",
                    )


def _is_longer(seconds: Any, milliseconds: Any) -> bool:
    """Return whether a time in seconds is longer than one in milliseconds; false if one is not known."""
    timeout, time_limit = number(seconds), number(milliseconds)
    if timeout is None or time_limit is None:
        return False
    return timeout * 1000 > time_limit
