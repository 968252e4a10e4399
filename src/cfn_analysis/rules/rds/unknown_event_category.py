from typing import Any

from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value, property_scenarios
from cfn_analysis.rules.support.values import items, show
from cfn_analysis.rules.support.words import did_you_mean, named, phrases

CATEGORIES = {source: phrases(names) for source, names in named(__file__).items()}


class UnknownEventCategory(Rule):
    """Event category that the source does not have.

    Instances, clusters and snapshots have different categories, in lower case: a cluster does not have
    'availability', an instance does not have 'migration'. RDS refuses another category, or the subscription
    never gets events. The category may be newer than the list of the rule.
    """

    id = "W9690"
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.Messages.html"
    fault_class = "values"
    looks_at = properties_of("AWS::RDS::EventSubscription")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for subscription, case in property_scenarios(validator, properties, "SourceType", "EventCategories"):
            known = CATEGORIES.get(str(only_value(case, subscription.get("SourceType"))), ())
            for value in items(subscription.get("EventCategories")) if known else ():
                category = only_value(case, value)
                if isinstance(category, str) and category not in known:
                    hint = did_you_mean(category.lower(), known) or f" It has {', '.join(known)}."
                    yield Fault(
                        ("EventCategories",),
                        f"EventCategories has {show(category)}{{when}}, and {subscription['SourceType']} has "
                        f"no such category.{hint}",
                        case,
                    )
