"""The report of a review as Markdown for the comment of a pull request: risks first, details folded."""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from cfn_analysis.reviewing import digest
from cfn_analysis.reviewing.report import Review
from cfn_analysis.updates.resource_changes import REMOVE

LONGEST: Final = 65_536
"""Maximum characters of a comment on GitHub; GitLab allows more."""

_RESERVE: Final = 400  # characters for the note about omitted entries
_LONGEST_MESSAGE: Final = 1_500  # characters
_URL: Final = re.compile(r"https?://[^\s)]+")
_SPECIAL: Final = re.compile(r"([\\`*_\[\]|~])")
_ENTITIES: Final = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "@": "&#64;", "#": "&#35;"}


class _Section(NamedTuple):
    """Lines above and below some entries; an entry is included completely or not at all."""

    above: str
    entries: Sequence[str]
    below: str


def as_markdown(
    review: Review, link_base: str = "", notes: Sequence[str] = (), *, command: str = "review"
) -> str:
    """Return the report, in less than ``LONGEST`` characters, with further ``notes`` after the risks.

    ``link_base`` is the base URL of the files of the repository; without one, paths are not links. The first
    line is a comment with the ``command``, by which the next report finds the comment that it replaces.
    """
    stacks = digest.stack_digests(review)
    sections = [*_risk_sections(review, link_base), *_not_judged_sections(review, link_base)]
    if notes := [*review.notes, *notes]:
        sections.append(_Section("\n", [f"{_escaped(note)}\n" for note in notes], ""))
    for stack in stacks:
        if not stack.is_quiet:
            title = f"<b>{html.escape(stack.name)}</b> ({html.escape(stack.region)}): {stack.counted}"
            sections.append(_folded(title, list(_stack_lines(stack, link_base))))
    not_judged = {judgment.subject.stack for judgment in review.not_judged}
    quiet = [stack.name for stack in stacks if stack.is_quiet and stack.name not in not_judged]
    if quiet:
        sections.append(_Section("\n", [f"No change: {_escaped(', '.join(quiet))}.\n"], ""))
    return _fitted(f"{marker(command)}\n{_head(review, stacks)}", sections, command)


def marker(command: str) -> str:
    """Return the first line of the reports of a command."""
    return f"<!-- {command} -->"


def _head(review: Review, stacks: Sequence[digest.StackDigest]) -> str:
    verdict = _verdict(review)
    changes = [f"{stack.name} {stack.counted}" for stack in stacks if stack.resources]
    return (
        f"## What this deploy will do\n\n{verdict}  \n"
        f"{_escaped('; '.join(changes)) or 'No resource changes'}  \n"
        f"{_code(review.before)} to {_code(review.after)}\n\n"
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
    if not_judged := digest.not_judged_in_words(review):
        verdict += f". **{not_judged.removesuffix('.')}**"
    return verdict


def _risk_sections(review: Review, link_base: str) -> Iterator[_Section]:
    """Yield the risks that are not accepted, and those that are, folded."""
    groups = digest.risk_groups(review.risks, [environment.name for environment in review.environments])
    waiting = [group for group in groups if not group.risk.accepted]
    yield _Section("", [_risk(group, review.sources, link_base) for group in waiting], "")
    if accepted := [group for group in groups if group.risk.accepted]:
        entries = [_risk(group, review.sources, link_base) for group in accepted]
        yield _folded(f"{digest.number_of_risks(accepted)} accepted", entries)


def _not_judged_sections(review: Review, link_base: str) -> Iterator[_Section]:
    """Yield the changes that are not judged."""
    names = [environment.name for environment in review.environments]
    groups = digest.not_judged_groups(review.not_judged, names)
    if not groups:
        return
    entries = []
    for group in groups:
        places = ", ".join(map(_code, group.places))
        source = _sources(group.stack, group.names, review.sources, link_base)
        entries.append(f"- {places}{_escaped(group.where)} {_code(group.change)}{source}\n")
    yield _Section("\nNot judged:\n\n" if review.risks else "", entries, "")


def _risk(group: digest.RiskGroup, sources: Mapping[str, Mapping[str, str]], link_base: str) -> str:
    places = ", ".join(map(_code, group.places))
    source = _sources(group.risk.stack, group.names, sources, link_base)
    message = group.message
    if len(message) > _LONGEST_MESSAGE:
        message = f"{message[:_LONGEST_MESSAGE]}..."
    why = f"  \n  Accepted: {_escaped(group.risk.reason or 'by --accept')}" if group.risk.accepted else ""
    return f"- **{group.risk.kind}** {places}{_escaped(group.where)}{source}  \n  {_escaped(message)}{why}\n"


def _sources(
    stack: str, names: Sequence[str], sources: Mapping[str, Mapping[str, str]], link_base: str
) -> str:
    """Return links to the lines that declare some resources of a stack, of many only to the first ones."""
    of_stack = sources.get(stack)
    if not of_stack:
        return ""
    linked = [_link(of_stack[name], link_base) for name in names[: digest.MOST_CAUSES] if name]
    return f" - {', '.join(linked)}" if linked else ""


def _stack_lines(stack: digest.StackDigest, link_base: str) -> Iterator[str]:
    for parameter, where in stack.parameters:
        is_removed = parameter.action == REMOVE
        values = digest.values_in_words(parameter.before, parameter.after, is_removed=is_removed)
        change = _code(f"{parameter.name}: {values}")
        yield f"- parameter {change}{_escaped(where)} - {_link(parameter.file, link_base)}\n"
    for alike in stack.resources:
        yield _resources(alike, link_base)
    for output, where in stack.outputs:
        yield _output(output, where)


def _resources(alike: Sequence[digest.Located[digest.ResourceLine]], link_base: str) -> str:
    resource, where = alike[0]
    names = ", ".join(_code(line.name) for line, _ in alike)
    facts = ", ".join([resource.type, *resource.facts])
    source = f" - {_link(resource.source, link_base)}" if resource.source and len(alike) == 1 else ""
    lines = [f"- **{resource.action}** {names}{_escaped(where)} - {_escaped(facts)}{source}"]
    causes = resource.causes
    for cause in causes[: digest.MOST_CAUSES]:
        if cause.name:
            change = f"{cause.name}: {digest.values_in_words(cause.before, cause.after)}"
            lines.append(f"  - {_code(change)} {_because(cause.chain)}".rstrip())
        elif len(cause.chain) > 1:
            lines.append(f"  - {_because(cause.chain)}")
    if len(causes) > digest.MOST_CAUSES:
        lines.append(f"  - and {len(causes) - digest.MOST_CAUSES} more")
    return "\n".join(lines) + "\n"


def _output(output: digest.OutputLine, where: str) -> str:
    exports = " to ".join(map(_code, output.exports))
    exported = f", export {exports}" if exports else ""
    line = f"- **{output.action}** output {_code(output.key)}{exported}{_escaped(where)}"
    if output.is_updated:
        line += f" {_code(digest.values_in_words(output.before, output.after))}"
    return f"{line} {_because(output.chain)}".rstrip() + "\n"


def _because(chain: Sequence[str]) -> str:
    return f"({_escaped(' > '.join(chain))})" if len(chain) > 1 else ""


def _folded(title: str, entries: Sequence[str]) -> _Section:
    return _Section(f"\n<details><summary>{title}</summary>\n\n", entries, "\n</details>\n")


def _fitted(head: str, sections: Sequence[_Section], command: str) -> str:
    """Return the sections that fit, and the number of omitted entries."""
    parts = [head]
    room = LONGEST - _RESERVE - len(head)
    left = 0
    whole = sum(len(section.entries) for section in sections)
    for section in sections:
        frame = len(section.above) + len(section.below)
        taken: list[str] = []
        for entry in section.entries:
            if left == 0 and frame + sum(map(len, taken)) + len(entry) <= room:
                taken.append(entry)
            else:
                left += 1
        if taken:
            parts += [section.above, *taken, section.below]
            room -= frame + sum(map(len, taken))
    if left:
        parts.append(
            f"\n**{left} of {whole} entries are omitted**, because a "
            f"comment is limited to {LONGEST:,} characters. `{command}` prints all entries.\n"
        )
    return "".join(parts).rstrip("\n")


def _link(source: str, link_base: str) -> str:
    path, colon, line = source.rpartition(":")
    if not colon or not line.isdigit():
        path, line = source, ""
    if not link_base or not re.fullmatch(r"[A-Za-z0-9_./-]+", path):
        return _code(source)
    anchor = f"#L{line}" if line else ""
    return f"[{_code(source)}]({link_base.rstrip('/')}/{path}{anchor})"


def _code(text: str) -> str:
    """Return any text as inline code."""
    text = " ".join(text.split())
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") or not text else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _escaped(text: str) -> str:
    """Return a text escaped for Markdown, without mentions of users; URLs stay links."""
    parts = []
    end = 0
    for url in _URL.finditer(text):
        parts += [_escaped_part(text[end : url.start()]), url[0]]
        end = url.end()
    return "".join([*parts, _escaped_part(text[end:])])


def _escaped_part(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", "".join(_ENTITIES.get(character, character) for character in text))
