from typing import Any

from cfn_analysis.rules.support.apis import STAGE
from cfn_analysis.rules.support.references import sub_text, waits_for
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import case_of, of_type, show


class StageBeforeExecutionLogGroup(Rule):
    """Stage that does not wait for its execution log group.

    API Gateway writes the execution log of a stage to API-Gateway-Execution-Logs_<API>/<stage>, and creates
    that log group if it does not exist, without retention and key. If the template has the group and the
    stage comes first, the group fails with 'already exists'. Add the log group to the stage's DependsOn.
    """

    id = "E9532"
    source_url = "https://github.com/hashicorp/terraform-provider-aws/issues/8413"
    fault_class = "lifecycle"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        groups = [
            (group_id, group, sub_text(properties.get("LogGroupName")))
            for group_id, group, properties in of_type(resources, "AWS::Logs::LogGroup")
        ]
        for stage_id, stage, properties in of_type(resources, STAGE):
            api, name = sub_text(properties.get("RestApiId")), sub_text(properties.get("StageName"))
            log = f"API-Gateway-Execution-Logs_{api}/{name}"
            for group_id, group, called in groups:
                exists = case_of(validator, stage) if called == log else None
                if exists and case_of(exists, group) and not waits_for(validator, stage_id, group_id):
                    given = stage.get("DependsOn")
                    yield Fault(
                        (stage_id, "DependsOn") if given else (stage_id,),
                        f"DependsOn is {show(given) if given else 'missing'}, and the stage does not wait "
                        f"for {group_id}, the log group of its execution log: API Gateway may create the "
                        f"group first, and {group_id} fails. Add DependsOn: {group_id}.",
                    )
