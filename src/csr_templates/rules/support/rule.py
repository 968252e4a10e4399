"""The base class of the rules: the parts of a template that a rule checks, and its matches."""

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
    """A finding of a rule."""

    path: Path
    """Path from the part that the rule checks."""
    message: str
    """The message; ``{when}`` is replaced with the common conditions of all cases of the fault."""
    case: Validator | None = None
    """The case of the fault; None if the message does not contain conditions."""


Faults = Iterator[Fault]
"""The result of ``Rule.faults``. Rules import it and ``Validator`` from here."""


class Rule(CfnLintKeyword):
    """A rule: an ID, a source, tags, and a docstring with the fault and its remedy.

    The first line of the docstring, the name of the fault, is cfn-lint's ``shortdesc``; the rest is its
    ``description``.
    """

    looks_at: ClassVar[tuple[str, ...]] = ("Resources",)
    """Paths in the form of cfn-lint's keywords, with the type for a logical ID; empty for the template."""

    fault_class: ClassVar[str] = ""
    """Class of its faults: a key of ``csr_templates.rules.CLASSES``."""

    first_only: ClassVar[bool] = False
    """Whether only the first fault of a part is reported."""

    def __init_subclass__(cls) -> None:
        """Take the texts from the docstring."""
        title, _, explanation = inspect.cleandoc(cls.__doc__ or "").partition("\n\n")
        cls.shortdesc = title.rstrip(".")
        cls.description = " ".join(explanation.split())

    def __init__(self) -> None:
        super().__init__(self.looks_at)

    def faults(self, validator: Validator, part: Any, /) -> Faults:
        """Yield the faults of a part of the template, in each of its cases."""
        raise NotImplementedError

    def validate(self, validator: Validator, _keywords: Any, part: Any, _schema: Any) -> ValidationResult:
        """Yield an error for each fault in the part at one of the paths."""
        for path, message in self._findings(validator, part):
            yield ValidationError(message, path=deque(path), rule=self)

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Return a match for each fault of a rule on the whole template."""
        if self.looks_at:
            return []
        validator = CfnTemplateValidator({}).evolve(cfn=cfn, context=cfn.context)
        return [RuleMatch(list(path), message) for path, message in self._findings(validator, cfn.template)]

    def _findings(self, validator: Validator, part: Any) -> Iterator[tuple[Path, str]]:
        """Yield path and message of each fault once, independent of the number of its cases."""
        if not isinstance(part, dict):  # reported by cfn-lint's own rules
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
