"""The deploy policies as lists of sentences, for reviewers who do not read IAM policies."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from csr_templates.reference import statement_words
from csr_templates.reference.markdown import code, codes
from csr_templates.reference.statement_words import listed

if TYPE_CHECKING:
    from csr_templates.cloudformation.built_stack import BuiltStack, Document
    from csr_templates.reference.words import Words

_WIDTH: Final = 150  # of a line, so that a changed name is a small difference
_HEADINGS: Final = {
    "pipeline": "{stack} in {region}: pipeline role",
    "service": "{stack} in {region}: service role",
}
_DELETING: Final = "Additional permissions while `DeletePolicies` is `attached`:"
_ACTIONS: Final = "Actions of each statement"


def lines(stacks: Sequence[BuiltStack], words: Words) -> list[str]:
    """Return the permissions of each role: by service, a list for each statement, then the exact actions.

    Args:
        stacks: with their policies, in deploy order.
        words: the words of the page's language.

    Raises:
        PageError: a part of a statement has no sentence.
    """
    found: list[str] = []
    for stack in stacks:
        policies = stack.policies
        for role, everyday, deleting in (
            ("pipeline", policies.pipeline, policies.pipeline_delete),
            ("service", policies.service, policies.service_delete),
        ):
            heading = words.fill(_HEADINGS[role], stack=code(stack.name), region=code(stack.region))
            found += [f"### {heading}", ""]
            said = partial(
                statement_words.sentences,
                words=words,
                where=f"The deploy policies of {stack.name}, role {role}",
                region=stack.region,
            )
            found += _by_service(_statements(everyday), words, said)
            if deleting:
                found += [words(_DELETING), "", *_by_service(_statements(deleting), words, said)]
            found += ["<details>", f"<summary>{words(_ACTIONS)}</summary>", ""]
            found += [*_actions(everyday), ""]
            if deleting:
                found += [words(_DELETING), "", *_actions(deleting), ""]
            found += ["</details>", ""]
    return found[:-1]


def _by_service(
    statements: Sequence[Mapping[str, Any]],
    words: Words,
    said: Callable[[Mapping[str, Any]], tuple[list[str], list[str]]],
) -> Iterator[str]:
    found: dict[str, dict[tuple[str, ...], tuple[list[str], list[str]]]] = {}
    for statement in statements:
        bounds, done = said(statement)
        key = (statement["Effect"], *bounds)
        names, sentences = found.setdefault(_services(statement), {}).setdefault(key, ([], []))
        names.append(statement["Sid"])
        sentences += done
    for services, by_bounds in found.items():
        yield f"**{services}**"
        yield ""
        for (_, *bounds), (names, sentences) in by_bounds.items():
            bound = bounds[0] if bounds else words("No condition.")
            for one in bounds[1:]:
                bound = words.fill("{sentences} {next}", sentences=bound, next=one)
            yield from _item(f"{codes(names)}: {bound}")
            for sentence in sentences:
                yield from _item(sentence, 1)
        yield ""


def _actions(documents: Sequence[Document]) -> Iterator[str]:
    for statement in _statements(documents):
        yield from _item(f"{code(statement['Sid'])}: {codes(listed(statement['Action']))}")


def _statements(documents: Sequence[Document]) -> list[Mapping[str, Any]]:
    return [statement for document in documents for statement in document["Statement"]]


def _services(statement: Mapping[str, Any]) -> str:
    """Return the services of the actions of a statement, as IAM names them."""
    return codes(dict.fromkeys(action.partition(":")[0] for action in listed(statement["Action"])))


def _item(text: str, depth: int = 0) -> list[str]:
    """Return the lines of an item of a list; a long one is wrapped where it has spaces."""
    indent = "  " * depth
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=f"{indent}- ",
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
