"""The report of a review as Markdown for the comment of a pull request: risks first, details folded."""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from cfn_analysis.reviewing import digest
from cfn_analysis.reviewing.report import Review, document
from cfn_analysis.updates.resource_changes import UPDATE

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
    stacks = digest.stack_digests(document(review))
    sections = list(_risk_sections(review, link_base))
    if notes := [*review.notes, *notes]:
        sections.append(_Section("\n", [f"{_escaped(note)}\n" for note in notes], ""))
    for stack in stacks:
        if not stack.is_quiet:
            title = f"<b>{html.escape(stack.name)}</b> ({html.escape(stack.region)}): {stack.counted}"
            sections.append(_folded(title, list(_stack_lines(stack, link_base))))
    if quiet := [stack.name for stack in stacks if stack.is_quiet]:
        sections.append(_Section("\n", [f"No change: {_escaped(', '.join(quiet))}.\n"], ""))
    return _fitted(f"{marker(command)}\n{_head(review, stacks)}", sections, command)


def marker(command: str) -> str:
    """Return the first line of the reports of a command."""
    return f"<!-- {command} -->"


def _head(review: Review, stacks: Sequence[digest.StackDigest]) -> str:
    waiting = [risk for risk in review.risks if not risk.accepted]
    accepted = f", {len(review.risks) - len(waiting)} accepted" if len(review.risks) > len(waiting) else ""
    verdict = f"**No risks{' left' if accepted else ''}**{accepted}"
    if waiting:
        noun = "risk" if len(waiting) == 1 else "risks"
        verdict = f"**{len(waiting)} {noun} not accepted: {digest.counted(waiting)}**{accepted}"
    changes = [f"{stack.name} {stack.counted}" for stack in stacks if stack.resources]
    return (
        f"## What this deploy will do\n\n{verdict}  \n"
        f"{_escaped('; '.join(changes)) or 'No resource changes'}  \n"
        f"{_code(review.before)} to {_code(review.after)}\n\n"
    )


def _risk_sections(review: Review, link_base: str) -> Iterator[_Section]:
    """Yield the risks that are not accepted, and those that are, folded."""
    groups = digest.risk_groups(review.risks, [environment.name for environment in review.environments])
    waiting = [group for group in groups if not group.risk.accepted]
    yield _Section("", [_risk(group, review.sources, link_base) for group in waiting], "")
    if accepted := [group for group in groups if group.risk.accepted]:
        entries = [_risk(group, review.sources, link_base) for group in accepted]
        yield _folded(f"{sum(len(group.names) for group in accepted)} accepted", entries)


def _risk(group: digest.RiskGroup, sources: Mapping[str, Mapping[str, str]], link_base: str) -> str:
    places = ", ".join(map(_code, group.places))
    known = sources.get(group.risk.stack, {})
    linked = [_link(known[name], link_base) for name in group.names[: digest.MOST_CAUSES] if known and name]
    source = f" - {', '.join(linked)}" if linked else ""
    message = group.message
    if len(message) > _LONGEST_MESSAGE:
        message = f"{message[:_LONGEST_MESSAGE]}..."
    why = f"  \n  Accepted: {_escaped(group.risk.reason or 'by --accept')}" if group.risk.accepted else ""
    return f"- **{group.risk.kind}** {places}{_escaped(group.where)}{source}  \n  {_escaped(message)}{why}\n"


def _stack_lines(stack: digest.StackDigest, link_base: str) -> Iterator[str]:
    for entry, where in stack.parameters:
        change = _code(f"{entry['name']}: {digest.values_in_words(entry)}")
        yield f"- parameter {change}{_escaped(where)} - {_link(entry['file'], link_base)}\n"
    for alike in stack.resources:
        yield _resources(alike, link_base)
    for entry, where in stack.outputs:
        yield _output(entry, where)


def _resources(alike: Sequence[digest.Merged], link_base: str) -> str:
    entry, where = alike[0]
    names = ", ".join(_code(merged.entry["logicalId"]) for merged in alike)
    facts = ", ".join([entry["type"], *digest.facts(entry)])
    source = f" - {_link(entry['source'], link_base)}" if entry["source"] and len(alike) == 1 else ""
    lines = [f"- **{entry['change']}** {names}{_escaped(where)} - {_escaped(facts)}{source}"]
    causes = entry["causes"]
    for cause in causes[: digest.MOST_CAUSES]:
        if cause["property"]:
            change = f"{cause['property']}: {digest.values_in_words(cause)}"
            lines.append(f"  - {_code(change)} {_because(cause['chain'])}".rstrip())
        elif len(cause["chain"]) > 1:
            lines.append(f"  - {_because(cause['chain'])}")
    if len(causes) > digest.MOST_CAUSES:
        lines.append(f"  - and {len(causes) - digest.MOST_CAUSES} more")
    return "\n".join(lines) + "\n"


def _output(entry: digest.Entry, where: str) -> str:
    exports = " to ".join(map(_code, digest.exports(entry)))
    exported = f", export {exports}" if exports else ""
    line = f"- **{digest.output_change(entry)}** output {_code(entry['key'])}{exported}{_escaped(where)}"
    if entry["change"] == UPDATE and entry["before"] != entry["after"]:
        line += f" {_code(digest.values_in_words(entry))}"
    return f"{line} {_because(entry['chain'])}".rstrip() + "\n"


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
