"""Values of parameters that CloudFormation no longer hides.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from collections.abc import Iterator

from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import sentences
from cfn_analysis.reviewing.findings import Risk, risk
from cfn_analysis.reviewing.kinds import OPENS
from cfn_analysis.reviewing.states import Stacks
from cfn_analysis.updates.partial_resolving import is_no_echo


def newly_shown(before: Stacks, after: Stacks) -> Iterator[Risk]:
    """Yield each parameter that loses NoEcho."""
    for name, resolved in after.items():
        if name not in before:
            continue
        old, new = before[name].built.parameters, resolved.built.parameters
        for parameter, declaration in new.items():
            if is_no_echo(old.get(parameter, {})) and not is_no_echo(declaration):
                paths = (f"Parameters.{parameter}.NoEcho",)
                yield risk(OPENS, Node(name, ""), sentences.PARAMETER_SHOWN, paths=paths, parameter=parameter)
