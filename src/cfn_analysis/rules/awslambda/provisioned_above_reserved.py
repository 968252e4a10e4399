from typing import Any

from cfn_analysis.rules.support.lambdas import ALIAS, FUNCTION, function_of
from cfn_analysis.rules.support.references import find_resource
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import default_values, is_possible, number, state
from cfn_analysis.rules.support.values import branches

PATH = ("ProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions")


class ProvisionedAboveReserved(Rule):
    """Provisioned concurrency above the reserved.

    Provisioned concurrency counts as reserved: Lambda refuses more of it than the function has
    ReservedConcurrentExecutions, and the stack rolls back. During a change of versions both are provisioned,
    so reserve twice as much. For parameters, the defaults are compared.
    """

    id = "E9564"
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html"
    fault_class = "values"
    looks_at = properties_of(ALIAS, "AWS::Lambda::Version")
    first_only = True

    def faults(self, validator: Validator, properties: Any) -> Faults:
        function_id = function_of(validator, properties.get("FunctionName"))
        _, function = find_resource(validator, function_id, FUNCTION)
        limit = function.get("ReservedConcurrentExecutions")
        for wanted, known in branches(validator, properties, *PATH):
            for provisioned, case in default_values(known, wanted):
                for reserved, where in default_values(case, limit):
                    ready, most = number(provisioned), number(reserved)
                    if ready is not None and most is not None and ready > most and is_possible(where):
                        yield Fault(
                            PATH,
                            f"ProvisionedConcurrentExecutions {state(validator, case, wanted, provisioned)}, "
                            f"but ReservedConcurrentExecutions of {function_id} "
                            f"{state(validator, where, limit, reserved)}: Lambda refuses to keep more "
                            "environments ready than the function can use. Reserve more, or provision less.",
                        )
