"""The report of a review as Markdown for the comment of a pull request: risks first, details folded."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from cfn_analysis.model.escaping import for_html, for_markdown, markdown_code
from cfn_analysis.reviewing import digest, spread
from cfn_analysis.reviewing.judging import Judgment
from cfn_analysis.reviewing.report import Review
from cfn_analysis.updates.resource_changes import REMOVE

LONGEST: Final = 65_536
"""Maximum characters of a comment on GitHub; GitLab allows more."""

_RESERVE: Final = 400  # characters for the note about omitted entries
_LONGEST_MESSAGE: Final = 1_500  # characters


class _Section(NamedTuple):
    """Lines above and below some entries; an entry is included completely or not at all."""

    above: str
    entries: Sequence[str]
    below: str


def as_markdown(
    review: Review,
    link_base: str = "",
    notes: Sequence[str] = (),
    *,
    command: str = "review",
    verbose: bool = False,
) -> str:
    """Return the report, in less than ``LONGEST`` characters, with further ``notes`` after the risks.

    Changes of one kind that are not judged, or have the same effect, are a line, with ``verbose`` one each.

    ``link_base`` is the base URL of the files of the repository; without one, paths are not links. The first
    line is a comment with the ``command``, by which the next report finds the comment that it replaces.
    """
    stacks = digest.stack_digests(review)
    sections = [*_risk_sections(review, link_base)]
    not_judged = list(_changes(review, review.not_judged, link_base, verbose=verbose))
    sections.append(_Section("\nNot judged:\n\n" if review.risks else "", not_judged, ""))
    sections.append(
        _Section("\nEffects:\n\n", list(_changes(review, review.effects, link_base, verbose=verbose)), "")
    )
    sections += _picture_sections(review)
    if notes := [*review.notes, *notes]:
        sections.append(_Section("\n", [f"- {for_markdown(note)}\n" for note in notes], ""))
    for stack in stacks:
        if not stack.is_quiet:
            title = f"<b>{for_html(stack.name)}</b> ({for_html(stack.region)}): {stack.counted}"
            sections.append(_folded(title, list(_stack_lines(stack, link_base))))
    listed = {judgment.subject.stack for judgment in (*review.not_judged, *review.effects)}
    quiet = [stack.name for stack in stacks if stack.is_quiet and stack.name not in listed]
    if quiet:
        sections.append(_Section("\n", [f"No change: {for_markdown(', '.join(quiet))}.\n"], ""))
    return _fitted(f"{marker(command)}\n{_head(review, stacks)}", sections, command)


def marker(command: str) -> str:
    """Return the first line of the reports of a command."""
    return f"<!-- {command} -->"


def _head(review: Review, stacks: Sequence[digest.StackDigest]) -> str:
    verdict = _verdict(review)
    changes = [f"{stack.name} {stack.counted}" for stack in stacks if stack.resources]
    return (
        f"## What this deploy will do\n\n{verdict}  \n"
        f"{for_markdown('; '.join(changes)) or 'No resource changes'}  \n"
        f"{markdown_code(review.before)} to {markdown_code(review.after)}\n\n"
    )


def _verdict(review: Review) -> str:
    """Return what the review knows: the open risks by kind, and how many changes are not judged."""
    names = [environment.name for environment in review.environments]
    groups = digest.risk_groups(review.risks, names)
    if not groups:
        return f"**{digest.headline(review).removesuffix('.')}**"
    waiting = [group for group in groups if not group.risk.accepted]
    accepted = digest.number_of_risks(groups) - digest.number_of_risks(waiting)
    verdict = "**No risks left**"
    if waiting:
        number = digest.number_of_risks(waiting)
        noun = "risk" if number == 1 else "risks"
        verdict = f"**{number} {noun} not accepted: {digest.counted(waiting)}**"
    if accepted:
        verdict += f", {accepted} accepted"
    if others := digest.others_in_words(review):
        verdict += f". **{others.removesuffix('.')}**"
    return verdict


def _risk_sections(review: Review, link_base: str) -> Iterator[_Section]:
    """Yield the risks that are not accepted, and those that are, folded."""
    groups = digest.risk_groups(review.risks, [environment.name for environment in review.environments])
    waiting = [group for group in groups if not group.risk.accepted]
    yield _Section("", [_risk(group, review.sources, link_base) for group in waiting], "")
    if accepted := [group for group in groups if group.risk.accepted]:
        entries = [_risk(group, review.sources, link_base) for group in accepted]
        yield _folded(f"{digest.number_of_risks(accepted)} accepted", entries)


def _changes(
    review: Review, judgments: Sequence[Judgment], link_base: str, *, verbose: bool
) -> Iterator[str]:
    """Yield the changes that are not judged, or have effects."""
    names = [environment.name for environment in review.environments]
    for line in digest.change_lines(judgments, names, verbose=verbose):
        source = ""
        if len(line.groups) == 1:
            source = _sources(line.groups[0].stack, line.groups[0].names, review.sources, link_base)
        entry = (
            f"- {_codes(line.places)}{_escaped(line.in_environments)} {markdown_code(line.change)}{source}"
        )
        if line.effect:
            entry += f"  \n  {for_markdown(line.effect)}"
        yield f"{entry}\n"


def _picture_sections(review: Review) -> Iterator[_Section]:
    """Yield the picture of how the changes spread, folded if it is large."""
    drawn = spread.picture(review.environments)
    if drawn is None:
        return
    block = "\n".join(["```mermaid", *drawn.lines, "```", ""])
    title = "How the changes spread"
    if drawn.is_large:
        yield _folded(title, [block])
    else:
        yield _Section(f"\n{title}:\n\n", [block], "")


def _risk(group: digest.RiskGroup, sources: Mapping[str, Mapping[str, str]], link_base: str) -> str:
    places = _codes(group.places)
    source = _sources(group.risk.stack, group.names, sources, link_base)
    message = group.message
    if len(message) > _LONGEST_MESSAGE:
        message = f"{message[:_LONGEST_MESSAGE]}..."
    lines = [
        f"- **{group.risk.kind}** {places}{_escaped(group.in_environments)}{source}",
        f"  {for_markdown(message)}",
    ]
    if group.risk.accepted:
        lines.append(f"  Accepted: {for_markdown(group.risk.reason or 'by --accept')}")
    return "  \n".join(lines) + "\n"


def _sources(
    stack: str, names: Sequence[str], sources: Mapping[str, Mapping[str, str]], link_base: str
) -> str:
    """Return links to the lines that declare some resources of a stack, of many only to the first ones."""
    of_stack = sources.get(stack)
    if not of_stack:
        return ""
    linked = [_link(of_stack[name], link_base) for name in names[: digest.MOST_CAUSES] if name]
    if not linked:
        return ""
    return f" - {', '.join(linked)}"


def _stack_lines(stack: digest.StackDigest, link_base: str) -> Iterator[str]:
    for parameter, in_environments in stack.parameters:
        is_removed = parameter.action == REMOVE
        values = digest.values_in_words(parameter.before, parameter.after, is_removed=is_removed)
        change = markdown_code(f"{parameter.name}: {values}")
        yield f"- parameter {change}{_escaped(in_environments)} - {_link(parameter.file, link_base)}\n"
    for alike in stack.resources:
        yield _resources(alike, link_base)
    for output, in_environments in stack.outputs:
        yield _output(output, in_environments)


def _resources(alike: Sequence[digest.Located[digest.ResourceLine]], link_base: str) -> str:
    first_resource, in_environments = alike[0]
    names = _codes([line.name for line, _ in alike])
    type_and_facts = ", ".join([first_resource.type, *first_resource.facts])
    source_link = (
        f" - {_link(first_resource.source, link_base)}" if first_resource.source and len(alike) == 1 else ""
    )
    lines = [
        f"- **{first_resource.action}** {names}{_escaped(in_environments)} "
        f"- {for_markdown(type_and_facts)}{source_link}"
    ]
    causes = first_resource.causes
    for cause in causes[: digest.MOST_CAUSES]:
        if cause.name:
            property_line = f"{cause.name}: {digest.values_in_words(cause.before, cause.after)}"
            lines.append(f"  - {markdown_code(property_line)} {_because(cause.chain)}".rstrip())
        elif len(cause.chain) > 1:
            lines.append(f"  - {_because(cause.chain)}")
    if len(causes) > digest.MOST_CAUSES:
        lines.append(f"  - and {len(causes) - digest.MOST_CAUSES} more")
    return "\n".join(lines) + "\n"


def _output(output: digest.OutputLine, in_environments: str) -> str:
    exports = " to ".join(markdown_code(name) for name in output.exports)
    exported = f", export {exports}" if exports else ""
    line = f"- **{output.action}** output {markdown_code(output.key)}{exported}{_escaped(in_environments)}"
    if output.is_updated:
        line += f" {markdown_code(digest.values_in_words(output.before, output.after))}"
    return f"{line} {_because(output.chain)}".rstrip() + "\n"


def _codes(texts: Iterable[str]) -> str:
    return ", ".join(markdown_code(text) for text in texts)


def _escaped(in_environments: str) -> str:
    """Return the environments of an entry, with a space before them, as Markdown; empty for all."""
    if not in_environments:
        return ""
    return f" {for_markdown(in_environments)}"


def _because(chain: Sequence[str]) -> str:
    if len(chain) < 2:
        return ""
    return f"({for_markdown(' > '.join(chain))})"


def _folded(title: str, entries: Sequence[str]) -> _Section:
    return _Section(f"\n<details><summary>{title}</summary>\n\n", entries, "\n</details>\n")


def _fitted(head: str, sections: Sequence[_Section], command: str) -> str:
    """Return the sections that fit, and the number of omitted entries; after one, all others are omitted."""
    parts = [head]
    room = LONGEST - _RESERVE - len(head)
    whole = sum(len(section.entries) for section in sections)
    listed = 0
    is_full = False
    for section in sections:
        length = len(section.above) + len(section.below)
        fitting: list[str] = []
        for entry in section.entries:
            is_full = is_full or length + len(entry) > room
            if not is_full:
                fitting.append(entry)
                length += len(entry)
        if fitting:
            parts += [section.above, *fitting, section.below]
            room -= length
            listed += len(fitting)
    if listed < whole:
        parts.append(
            f"\n**{whole - listed} of {whole} entries are omitted**, because a "
            f"comment is limited to {LONGEST:,} characters. `{command}` prints all entries.\n"
        )
    return "".join(parts).rstrip("\n")


def _link(source: str, link_base: str) -> str:
    path, colon, line = source.rpartition(":")
    if not colon or not line.isdigit():
        path, line = source, ""
    if not link_base or not re.fullmatch(r"[A-Za-z0-9_./-]+", path):
        return markdown_code(source)
    anchor = f"#L{line}" if line else ""
    return f"[{markdown_code(source)}]({link_base.rstrip('/')}/{path}{anchor})"
