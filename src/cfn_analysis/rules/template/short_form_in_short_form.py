from collections.abc import Iterator
from typing import Any

from cfnlint.decode.node import str_node
from cfnlint.helpers import is_function

from cfn_analysis.rules.support.rule import Fault, Rule, Validator
from cfn_analysis.rules.support.values import Path, children


class ShortFormInShortForm(Rule):
    """!GetStackOutput around another short form.

    CloudFormation does not accept !GetStackOutput with a value in short form, such as !Ref or !Sub. Write the
    outer function in full form, Fn::GetStackOutput; the inner functions can stay in short form.
    """

    id = "E9502"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html"
    fault_class = "ordinary"
    looks_at = ()

    def faults(self, validator: Validator, template: Any) -> Iterator[Fault]:
        if "Transform" in template:  # the text is not the source of the template
            return
        for path, node in _stack_outputs(template, ()):
            if found := _short_form(list(node.values())):
                yield Fault(
                    path,
                    f"!GetStackOutput contains {found} in its short form, which CloudFormation does not read "
                    "there. Write the outer function in full: Fn::GetStackOutput.",
                )


def _stack_outputs(node: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if _is_short(node) == "Fn::GetStackOutput":
        yield (*path, "Fn::GetStackOutput"), node
    for key, value in children(node):
        yield from _stack_outputs(value, (*path, key))


def _is_short(node: Any) -> str:
    """Return the name of a function that is written as a tag; empty for other values.

    cfn-lint has the line of a key only if it is in the text: the name of a tag is not.
    """
    function, _ = is_function(node)
    written = isinstance(next(iter(node), None), str_node) if function else True
    return "" if written else str(function)


def _short_form(node: Any) -> str:
    """Return the first function in short form in a value, as written."""
    if isinstance(node, dict) and (function := _is_short(node)):
        return f"!{function.removeprefix('Fn::')}"
    return next((found for _, part in children(node) if (found := _short_form(part))), "")
