"""The tables of the operators' pages, generated from the templates with production's values.

Most tables are generated as a whole. In tables of ``settings``, only the values are generated: rows are
written by hand, and the last cell contains the places of the values in the cell before it, in this order.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from cfn_analysis.model.references import in_words
from cfn_analysis.model.resolving import resolve
from csr_templates.hand_over import manifest
from csr_templates.reference import on_call, page_lines
from csr_templates.reference.alarms import number
from csr_templates.reference.markdown import code, codes, table
from csr_templates.reference.markers import MarkedSection, PageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from cfn_analysis.model.built_stack import BuiltStack
    from csr_templates.reference.words import Words

SETTINGS: Final = "settings"


class Tables:
    """The tables about some stacks.

    Raises:
        resolving.ResolveError: a template cannot be resolved with production's values.
    """

    def __init__(
        self,
        stacks: Sequence[BuiltStack],
        environments: Mapping[str, Mapping[str, Mapping[str, str]]],
        production: str,
        further: Mapping[str, Callable[[Words], Iterable[str]]] = MappingProxyType({}),
    ) -> None:
        """Resolve the stacks.

        ``further`` are names in a marker, with functions that return its lines in the words of a page.
        """
        self.stacks = stacks
        self.environments = environments
        self.production = production
        self.resolved = {
            stack.name: resolve(
                stack.template,
                environments[production][stack.name],
                region=stack.region,
                account="<AccountId>",
            )
            for stack in stacks
        }
        self.tables = {
            "stacks": self._stacks,
            "web-acl": self._web_acl,
        }
        self.alarms = {alarm.name: alarm for alarm in on_call.read_alarms(stacks, self.resolved)}
        self.lists = {
            **on_call.lists(stacks, list(self.alarms.values()), self.resolved, production),
            **further,
        }

    @property
    def names(self) -> list[str]:
        """The names that a marker can have."""
        return [*self.tables, *self.lists, SETTINGS]

    def write(self, section: MarkedSection, lines: Sequence[str], page: str, words: Words) -> list[str]:
        """Return the lines of a section of a page.

        Raises:
            PageError: places in rows of settings do not exist, or rows have no value to replace; a line for
                each.
        """
        if section.name in self.lists:
            return ["", *self.lists[section.name](words), ""]
        if section.name != SETTINGS:
            head, *rows = self.tables[section.name](words)
            names = [name if name.startswith("`") else words(name) for name in head]
            return ["", *table(names, rows), ""]
        rewritten: list[str] = []
        findings: list[str] = []
        for place, line in enumerate(lines, section.start + 1):
            try:
                rewritten.append(self._with_values(line))
            except PageError as error:
                findings.append(f"{page}, line {place}: {error}")
        if findings:
            raise PageError("\n".join(findings))
        return rewritten

    # ---- Tables that are generated as a whole; the first row is the header ----

    def _stacks(self, _: Words) -> Iterator[Sequence[str]]:
        yield "stack", "region", "template", "parameters"
        for stack in self.stacks:
            values = self.environments[self.production][stack.name]
            name = stack.name_pattern
            for parameter, value in values.items():
                name = name.replace(f"${{{parameter}}}", value)
            file = manifest.parameter_file(self.production, stack.name)
            yield code(name), code(stack.region), code(f"out/{stack.file}"), code(f"out/{file}")

    def _web_acl(self, words: Words) -> Iterator[Sequence[str]]:
        yield "priority", "rule", "action", "inspects"
        for _, _, acl in self._of_type("AWS::WAFv2::WebACL"):
            for rule in sorted(acl.get("Rules", []), key=lambda rule: int(rule["Priority"])):
                action = codes({**rule.get("Action", {}), **rule.get("OverrideAction", {})})
                yield (
                    str(rule["Priority"]),
                    code(rule["Name"]),
                    words("as in its rules") if action == "`None`" else action,
                    codes(_facts(rule["Statement"])),
                )

    def _of_type(self, type_name: str) -> Iterator[tuple[BuiltStack, str, Mapping[str, Any]]]:
        for stack in self.stacks:
            for name, resource in self.resolved[stack.name]["Resources"].items():
                if resource["Type"] == type_name:
                    yield stack, name, resource.get("Properties", {})

    # ---- Tables whose rows are written by hand ----

    def _with_values(self, row: str) -> str:
        """Return a row with the values of the places in its last cell."""
        cells = page_lines.cells(row)
        if len(cells) < 4:  # two cells, and what is outside of the table
            return row
        *before, cell, places, after = cells
        position = 0
        for file, path in page_lines.places(places):
            value = self._value(file, path)
            if isinstance(value, Mapping) and not _is_function(value):  # the row is about all of it
                continue
            old = page_lines.next_value(cell, position)
            if old is None:
                raise PageError(
                    f"The cell before the last has no number or `code` for {file} "
                    f"{path}, which is {in_words(value)}. Write one there."
                )
            new = number(value)
            if old.is_code or not page_lines.is_value(new):
                new = code(new)
            cell = cell[: old.start] + new + cell[old.end :]
            position = old.start + len(new)
        return "|".join([*before, cell, places, after])

    def _value(self, file: str, path: str) -> Any:
        """Return the value at a place: a logical ID, then keys of its properties.

        The key of a list item is its index, or a value that only this item has, such as its name.
        """
        logical_id, *keys = path.split(".")
        resources = {stack.file: self.resolved[stack.name]["Resources"] for stack in self.stacks}
        try:
            value = resources[file][logical_id]
            if keys:
                value = value.get("Properties", {})
            for key in keys:
                value = _part(value, key)
        except (LookupError, TypeError, AttributeError, ValueError) as error:
            raise PageError(f"{file} has no {path} in {self.production}. Correct the place.") from error
        return value


def _part(value: Any, key: str) -> Any:
    """Return a part of a value: of an object by its key, of a list by its index or one of its values.

    Raises:
        LookupError, TypeError, AttributeError, ValueError: there is no such part, or more than one.
    """
    if not isinstance(value, list):
        return value[key]
    if key.isdigit():
        return value[int(key)]
    (part,) = [member for member in value if _has_value(member, key)]
    return part


def _has_value(member: Mapping[str, Any], text: str) -> bool:
    return any(str(value) == text for value in member.values())


def _facts(statement: Any) -> Iterator[str]:
    """Yield the parts of a statement of a web ACL, in CloudFormation's words."""
    if isinstance(statement, list):
        for part in statement:
            yield from _facts(part)
    elif isinstance(statement, Mapping) and "ActionToUse" in statement:
        yield f"{statement['Name']}: {', '.join(statement['ActionToUse'])}"
    elif isinstance(statement, Mapping):
        for key, value in statement.items():
            yield from _fact(key, value)


def _fact(key: str, value: Any) -> Iterator[str]:
    """Yield a key of a statement with its value, or the parts of the value."""
    if key == "TextTransformations":  # how it is inspected, not what
        return
    if value == {}:
        yield key
    elif isinstance(value, Mapping) or (isinstance(value, list) and isinstance(value[0], Mapping)):
        yield from _facts(value)
    elif key == "Name":
        yield in_words(value)
    elif key not in ("VendorName", "AggregateKeyType"):
        yield f"{key}: {number(value)}"


def _is_function(value: Mapping[str, Any]) -> bool:
    return any(key == "Ref" or key.startswith("Fn::") for key in value)
