from typing import Any

from cfn_analysis.model.wildcards import covers, pattern
from cfn_analysis.rules.support.distributions import configurations
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value


class BehaviorNeverReached(Rule):
    """Cache behavior that no request reaches.

    CloudFront compares a path with the path patterns in the order of CacheBehaviors, and the first match
    applies. A pattern after a wider one, or after the same one, gets no request: with /* before /api/*, the
    behavior of /api/* is never used. Put the narrower pattern first.
    """

    id = "E9599"
    source_url = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-web-values-specify.html#DownloadDistValuesPathPattern"
    finding_class = "conditions"
    looks_at = properties_of("AWS::CloudFront::Distribution")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        for config in configurations(validator, properties, "CacheBehaviors"):
            earlier: list[str] = []
            for path, behavior in config.behaviors():
                path_pattern = only_value(config.case, behavior.get("PathPattern"))
                if not isinstance(path_pattern, str):
                    continue
                wider = [before for before in earlier if _is_wider(before, path_pattern)]
                if wider:
                    yield RuleFinding(
                        config.path(*path, "PathPattern"),
                        f"PathPattern is {path_pattern}{{when}}, and {wider[0]} before it matches all of "
                        "its requests: it is never used. Put it first.",
                        config.case,
                    )
                earlier.append(path_pattern)


def _is_wider(wide: str, narrow: str) -> bool:
    """Return whether a pattern matches every path that another does; a slash at its beginning is optional."""
    patterns = [pattern(f"/{path.removeprefix('/')}") for path in (wide, narrow)]
    return covers(*patterns)
