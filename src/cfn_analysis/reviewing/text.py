"""The report of a review as text: risks first, then changes."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from cfn_analysis.model.escaping import for_terminal
from cfn_analysis.reviewing import digest
from cfn_analysis.reviewing.findings import Risk
from cfn_analysis.reviewing.kinds import DATA_LOSS, EXPORT, KINDS, WILL_FAIL
from cfn_analysis.reviewing.report import Review
from cfn_analysis.updates.resource_changes import REMOVE

_WIDTH: Final = 110
_RED: Final = "\033[1;31m"
_YELLOW: Final = "\033[33m"
_BOLD: Final = "\033[1m"
_END: Final = "\033[0m"
_KIND: Final = re.compile(rf"^  ({'|'.join(KINDS)})(?=  )", re.MULTILINE)
_HEADING: Final = re.compile(
    r"^(?:Risks:|No (?:known )?risks\.|No changes\.|Not judged:|Effects:|[\w-]+ \([a-z0-9-]+\):)",
    re.MULTILINE,
)


def as_text(review: Review, *, verbose: bool = False) -> str:
    """Return the report; changes equal in several environments are printed once.

    Changes of one kind that are not judged, or have the same effect, are a line, with ``verbose`` one each.
    """
    names = [environment.name for environment in review.environments]
    lines = [for_terminal(f"{review.before} -> {review.after}"), "", digest.headline(review)]
    lines += _risks(review.risks, names)
    lines += _not_judged(review, names, verbose=verbose)
    lines += _effects(review, names, verbose=verbose)
    if review.notes:
        lines.append("")
    for note in review.notes:
        lines += _wrapped(note, "")
    stacks = digest.stack_digests(review)
    listed = {judgment.subject.stack for judgment in (*review.not_judged, *review.effects)}
    for stack in stacks:
        if not stack.is_quiet:
            lines += ["", *_stack_lines(stack)]
    quiet = [stack.name for stack in stacks if stack.is_quiet and stack.name not in listed]
    if quiet:
        lines += ["", *_wrapped(f"No change: {', '.join(quiet)}.", "")]
    return "\n".join(lines)


def coloured(text: str) -> str:
    """Return a report with coloured headings and kinds of risks, for a terminal."""
    text = _KIND.sub(_coloured_kind, text)
    return _HEADING.sub(lambda heading: f"{_BOLD}{heading[0]}{_END}", text)


def _coloured_kind(kind: re.Match[str]) -> str:
    colour = _RED if kind[1] in (WILL_FAIL, DATA_LOSS, EXPORT) else _YELLOW
    return f"  {colour}{kind[1]}{_END}"


def _risks(risks: Sequence[Risk], environments: Sequence[str]) -> Iterator[str]:
    for group in digest.risk_groups(risks, environments):
        yield ""
        yield from _wrapped(f"{group.risk.kind}  {', '.join(group.places)}{group.in_environments}", "  ")
        yield from _wrapped(group.message, "    ")
        if group.risk.accepted:
            yield from _wrapped(f"accepted: {group.risk.reason or 'by --accept'}", "    ")


def _not_judged(review: Review, environments: Sequence[str], *, verbose: bool) -> Iterator[str]:
    """Yield the changes that are not judged; their heading if risks are above them."""
    lines = digest.change_lines(review.not_judged, environments, verbose=verbose)
    if lines and review.risks:
        yield ""
        yield "Not judged:"
    if lines:
        yield ""
    for line in lines:
        yield from _wrapped(f"{', '.join(line.places)}{line.in_environments}  {line.change}", "  ")


def _effects(review: Review, environments: Sequence[str], *, verbose: bool) -> Iterator[str]:
    """Yield what follows from the changes that are neither risks nor harmless, with their heading."""
    lines = digest.change_lines(review.effects, environments, verbose=verbose)
    if lines:
        yield ""
        yield "Effects:"
    for line in lines:
        yield ""
        yield from _wrapped(f"{', '.join(line.places)}{line.in_environments}  {line.change}", "  ")
        yield from _wrapped(line.effect, "    ")


def _stack_lines(stack: digest.StackDigest) -> Iterator[str]:
    yield for_terminal(f"{stack.name} ({stack.region}): {stack.counted}")
    for parameter, in_environments in stack.parameters:
        is_removed = parameter.action == REMOVE
        values = digest.values_in_words(parameter.before, parameter.after, is_removed=is_removed)
        yield from _wrapped(
            f"parameter {parameter.name}: {values}{in_environments}  [{parameter.file}]", "  "
        )
    for alike in stack.resources:
        yield from _resources(alike)
    for output, in_environments in stack.outputs:
        yield from _output(output, in_environments)


def _resources(alike: Sequence[digest.Located[digest.ResourceLine]]) -> Iterator[str]:
    resource, in_environments = alike[0]
    names = ", ".join(line.name for line, _ in alike)
    source = f"  [{resource.source}]" if resource.source and len(alike) == 1 else ""
    yield from _wrapped(f"{resource.action}  {names}  {resource.type}{in_environments}{source}", "  ")
    if resource.facts:
        yield f"      {', '.join(resource.facts)}"
    causes = resource.causes
    same_chain = len({tuple(cause.chain) for cause in causes}) == 1
    for cause in causes[: digest.MOST_CAUSES]:
        chain = "" if same_chain else f"  [{' > '.join(cause.chain)}]"
        if cause.name:
            values = digest.values_in_words(cause.before, cause.after)
            yield from _wrapped(f"{cause.name}: {values}{chain}", "      ")
    if len(causes) > digest.MOST_CAUSES:
        yield f"      and {len(causes) - digest.MOST_CAUSES} more"
    if same_chain:
        yield from _because(causes[0].chain)


def _output(output: digest.OutputLine, in_environments: str) -> Iterator[str]:
    exported = f", export {' -> '.join(output.exports)}" if output.exports else ""
    yield from _wrapped(f"{output.action}  output {output.key}{exported}{in_environments}", "  ")
    if output.is_updated:
        yield from _wrapped(digest.values_in_words(output.before, output.after), "      ")
    yield from _because(output.chain)


def _because(chain: Sequence[str]) -> Iterator[str]:
    if len(chain) > 1:  # otherwise the template itself was edited
        yield from _wrapped(f"because of {' > '.join(chain)}", "      ")


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        for_terminal(" ".join(text.splitlines())),
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
