"""The base of every rule: where a rule looks, and how its faults become matches."""

from __future__ import annotations

import inspect
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from cfnlint.jsonschema import CfnTemplateValidator, ValidationError, Validator
from cfnlint.rules import RuleMatch
from cfnlint.rules.jsonschema import CfnLintKeyword

from csr_templates.rules.support.scenarios import when

if TYPE_CHECKING:
    from cfnlint.jsonschema import ValidationResult
    from cfnlint.template import Template

    from csr_templates.rules.support.values import Path


__all__ = ["Fault", "Faults", "Rule", "Validator", "properties_of"]


class Fault(NamedTuple):
    """Something that a rule finds."""

    path: Path
    """From where the rule looks."""
    message: str
    """In which ``{when}`` becomes what all cases of the fault share."""
    case: Validator | None = None
    """In which the fault was found; None if the message does not say when."""


Faults = Iterator[Fault]
"""What a rule yields. Rules take it and ``Validator`` from here."""


class Rule(CfnLintKeyword):
    """A rule: an ID, a source, tags, and a docstring that says what it finds and what to do about it.

    The docstring's first line, which names the fault, is cfn-lint's ``shortdesc``; the rest is its
    ``description``.
    """

    looks_at: ClassVar[tuple[str, ...]] = ("Resources",)
    """Paths as cfn-lint's keywords have them, with the type for a logical ID; none for the whole template."""

    fault_class: ClassVar[str] = ""
    """What kind of fault it finds: a key of ``csr_templates.rules.CLASSES``."""

    first_only: ClassVar[bool] = False
    """Whether one fault says enough about a part at which the rule looks."""

    def __init_subclass__(cls) -> None:
        """Take the texts from the docstring."""
        title, _, explanation = inspect.cleandoc(cls.__doc__ or "").partition("\n\n")
        cls.shortdesc = title.rstrip(".")
        cls.description = " ".join(explanation.split())

    def __init__(self) -> None:
        super().__init__(self.looks_at)

    def faults(self, validator: Validator, part: Any, /) -> Faults:
        """Yield what is wrong in a part of the template at which the rule looks, in each of its cases."""
        raise NotImplementedError

    def validate(self, validator: Validator, _keywords: Any, part: Any, _schema: Any) -> ValidationResult:
        """Yield a finding for each fault in what cfn-lint found at one of the paths."""
        for path, message in self._findings(validator, part):
            yield ValidationError(message, path=deque(path), rule=self)

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Return a match for each fault of a rule that looks at the whole template."""
        if self.looks_at:
            return []
        validator = CfnTemplateValidator({}).evolve(cfn=cfn, context=cfn.context)
        return [RuleMatch(list(path), message) for path, message in self._findings(validator, cfn.template)]

    def _findings(self, validator: Validator, part: Any) -> Iterator[tuple[Path, str]]:
        """Yield path and message of each fault once, whatever the number of cases it is found in."""
        if not isinstance(part, dict):  # what cfn-lint's own rules find
            return
        cases: dict[tuple[Path, str], list[Validator]] = {}
        found = self.faults(validator, part)
        for path, message, case in islice(found, 1) if self.first_only else found:
            cases.setdefault((path, message), []).extend([case] if case else [])
        for (path, message), where in cases.items():
            yield path, message.replace("{when}", when(validator, where)) if where else message


def properties_of(*types: str) -> tuple[str, ...]:
    """Return the paths of the properties of these types, for ``looks_at``."""
    return tuple(f"Resources/{kind}/Properties" for kind in types)
