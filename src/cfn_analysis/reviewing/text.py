"""The report of a review as text: risks first, then changes."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from cfn_analysis.reviewing import digest
from cfn_analysis.reviewing.findings import Risk
from cfn_analysis.reviewing.kinds import DATA_LOSS, EXPORT, KINDS, WILL_FAIL
from cfn_analysis.reviewing.report import Review, document
from cfn_analysis.updates.resource_changes import UPDATE

_WIDTH: Final = 110
_RED: Final = "\033[1;31m"
_YELLOW: Final = "\033[33m"
_BOLD: Final = "\033[1m"
_END: Final = "\033[0m"
_KIND: Final = re.compile(rf"^  ({'|'.join(KINDS)})(?=  )", re.MULTILINE)
_HEADING: Final = re.compile(r"^(?:Risks:|No risks\.|[\w-]+ \([a-z0-9-]+\):)", re.MULTILINE)


def as_text(review: Review) -> str:
    """Return the report; changes equal in several environments are printed once."""
    names = [environment.name for environment in review.environments]
    lines = [f"{review.before} -> {review.after}", "", *_risks(review.risks, names)]
    if review.notes:
        lines += ["", *(line for note in review.notes for line in _wrapped(note, ""))]
    stacks = digest.stack_digests(document(review))
    for stack in stacks:
        if not stack.is_quiet:
            lines += ["", *_stack_lines(stack)]
    if quiet := [stack.name for stack in stacks if stack.is_quiet]:
        lines += ["", *_wrapped(f"No change: {', '.join(quiet)}.", "")]
    return "\n".join(lines)


def coloured(text: str) -> str:
    """Return a report with coloured headings and kinds of risks, for a terminal."""
    text = _KIND.sub(
        lambda kind: f"  {_RED if kind[1] in (WILL_FAIL, DATA_LOSS, EXPORT) else _YELLOW}{kind[1]}{_END}",
        text,
    )
    return _HEADING.sub(lambda heading: f"{_BOLD}{heading[0]}{_END}", text)


def _risks(risks: Sequence[Risk], environments: Sequence[str]) -> Iterator[str]:
    if not risks:
        yield "No risks."
        return
    accepted = sum(risk.accepted for risk in risks)
    how_many = "all" if accepted == len(risks) else str(accepted)
    yield f"Risks: {digest.counted(risks)}{f'; {how_many} accepted' if accepted else ''}"
    for group in digest.risk_groups(risks, environments):
        yield ""
        yield from _wrapped(f"{group.risk.kind}  {', '.join(group.places)}{group.where}", "  ")
        yield from _wrapped(group.message, "    ")
        if group.risk.accepted:
            yield from _wrapped(f"accepted: {group.risk.reason or 'by --accept'}", "    ")


def _stack_lines(stack: digest.StackDigest) -> Iterator[str]:
    yield f"{stack.name} ({stack.region}): {stack.counted}"
    for entry, where in stack.parameters:
        values = digest.values_in_words(entry)
        yield from _wrapped(f"parameter {entry['name']}: {values}{where}  [{entry['file']}]", "  ")
    for alike in stack.resources:
        yield from _resources(alike)
    for entry, where in stack.outputs:
        yield from _output(entry, where)


def _resources(alike: Sequence[digest.Merged]) -> Iterator[str]:
    entry, where = alike[0]
    names = ", ".join(merged.entry["logicalId"] for merged in alike)
    source = f"  [{entry['source']}]" if entry["source"] and len(alike) == 1 else ""
    yield from _wrapped(f"{entry['change']}  {names}  {entry['type']}{where}{source}", "  ")
    if facts := digest.facts(entry):
        yield f"      {', '.join(facts)}"
    causes = entry["causes"]
    same_chain = len({tuple(cause["chain"]) for cause in causes}) == 1
    for cause in causes[: digest.MOST_CAUSES]:
        chain = "" if same_chain else f"  [{' > '.join(cause['chain'])}]"
        if cause["property"]:
            values = digest.values_in_words(cause)
            yield from _wrapped(f"{cause['property']}: {values}{chain}", "      ")
    if len(causes) > digest.MOST_CAUSES:
        yield f"      and {len(causes) - digest.MOST_CAUSES} more"
    if same_chain:
        yield from _because(causes[0]["chain"])


def _output(entry: digest.Entry, where: str) -> Iterator[str]:
    exports = digest.exports(entry)
    exported = f", export {' -> '.join(exports)}" if exports else ""
    yield from _wrapped(f"{digest.output_change(entry)}  output {entry['key']}{exported}{where}", "  ")
    if entry["change"] == UPDATE and entry["before"] != entry["after"]:
        yield from _wrapped(digest.values_in_words(entry), "      ")
    yield from _because(entry["chain"])


def _because(chain: Sequence[str]) -> Iterator[str]:
    if len(chain) > 1:  # otherwise the template itself was edited
        yield from _wrapped(f"because of {' > '.join(chain)}", "      ")


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
