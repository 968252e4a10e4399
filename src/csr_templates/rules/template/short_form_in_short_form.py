"""E9081: GetStackOutput is written in full where it holds another function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cfnlint.decode.node import str_node
from cfnlint.helpers import is_function
from cfnlint.rules import CloudFormationLintRule, RuleMatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfnlint.template import Template


class ShortFormInShortForm(CloudFormationLintRule):
    """No !GetStackOutput holds a function that is written in its short form too."""

    id = "E9081"
    shortdesc = "!GetStackOutput around another short form"
    description = (
        "CloudFormation does not read !GetStackOutput where a value in it is written in a short form such as "
        "!Ref or !Sub. Write the outer function in full, Fn::GetStackOutput; what it holds may stay short."
    )
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html"
    tags = ["functions", "getstackoutput"]  # noqa: RUF012 - the base class declares it like this

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Return one match per !GetStackOutput."""
        if "Transform" in cfn.template:  # what is left of the text is no longer what was written
            return []
        return [
            RuleMatch(
                path,
                f"!GetStackOutput holds {found} in its short form, which CloudFormation does not read there. "
                "Write the outer function in full: Fn::GetStackOutput.",
            )
            for path, node in _stack_outputs(cfn.template, [])
            if (found := _short_form(list(node.values())))
        ]


def _stack_outputs(node: Any, path: list[str | int]) -> Iterator[tuple[list[str | int], Any]]:
    if isinstance(node, dict):
        if _is_short(node) == "Fn::GetStackOutput":
            yield [*path, "Fn::GetStackOutput"], node
        for key, value in node.items():
            yield from _stack_outputs(value, [*path, key])
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _stack_outputs(value, [*path, index])


def _is_short(node: Any) -> str:
    """Return the name of a function that the template writes as a tag; empty for everything else.

    cfn-lint knows where a key stands in the text, if it stands there: the name of a tag is not a key.
    """
    function, _ = is_function(node)
    written = isinstance(next(iter(node), None), str_node) if function else True
    return "" if written else str(function)


def _short_form(node: Any) -> str:
    """Return the first function in a value that is in its short form, as it is written."""
    if isinstance(node, dict) and (function := _is_short(node)):
        return f"!{function.removeprefix('Fn::')}"
    parts = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return next((found for part in parts if (found := _short_form(part))), "")
