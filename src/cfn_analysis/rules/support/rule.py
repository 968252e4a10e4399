"""The base class of the rules: the parts of a template that a rule checks, and its matches."""

import inspect
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar, NamedTuple

from cfnlint.jsonschema import CfnTemplateValidator, Validator
from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from cfn_analysis.rules.support.scenarios import when
from cfn_analysis.rules.support.values import Path, branches, case_of, memory
from cfn_analysis.rules.support.well_formed import well_formed

__all__ = ["Findings", "Rule", "RuleFinding", "Validator", "properties_of"]


class RuleFinding(NamedTuple):
    """A finding of a rule, which becomes a match of cfn-lint."""

    path: Path
    """Path from the part that the rule checks."""
    message: str
    """The message; ``{when}`` is replaced with the common conditions of all cases of the finding."""
    case: Validator | None = None
    """The case of the finding; None if the message does not contain conditions."""


Findings = Iterator[RuleFinding]
"""The result of ``Rule.findings``. Rules import it and ``Validator`` from here."""


class Rule(CloudFormationLintRule):
    """A rule: an ID, a source, and a docstring with what it finds and the remedy.

    The first line of the docstring, the name of the finding, is cfn-lint's ``shortdesc``; the rest is its
    ``description``. The folder of the rule is its tag.
    """

    looks_at: ClassVar[tuple[str, ...]] = ("Resources",)
    """Paths with the type of a resource for its logical ID, or ``*``; none for the whole template."""

    finding_class: ClassVar[str] = ""
    """Class of its findings: a key of ``cfn_analysis.rules.CLASSES``."""

    first_only: ClassVar[bool] = False
    """Whether only the first finding in a part is reported."""

    def __init_subclass__(cls) -> None:
        """Take the texts from the docstring, and the tag from the folder."""
        title, _, explanation = inspect.cleandoc(cls.__doc__ or "").partition("\n\n")
        cls.shortdesc = title.rstrip(".")
        cls.description = " ".join(explanation.split())
        cls.tags = cls.__module__.split(".")[-2:-1]

    def findings(self, validator: Validator, part: Any, /) -> Findings:
        """Yield the findings in a part of the template, in each of its cases."""
        raise NotImplementedError

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Return a match for each finding in the parts at the paths.

        A keyword of cfn-lint would do this too, but is checked for every rule at every node of the template.
        """
        matches = []
        for look in self.looks_at or ("",):
            for part, validator in _cases_of(well_formed(cfn), look):
                for path, message in self._distinct_findings(validator, part):
                    matches.append(RuleMatch([*validator.context.path.path, *path], message))
        return matches

    def _distinct_findings(self, validator: Validator, part: Any) -> Iterator[tuple[Path, str]]:
        """Yield path and message of each finding once, independent of the number of its cases."""
        if not isinstance(part, dict):  # reported by cfn-lint's own rules
            return
        cases: dict[tuple[Path, str], list[Validator]] = {}
        for path, message, case in self.findings(validator, part):
            cases_of_finding = cases.setdefault((path, message), [])
            if case is not None:
                cases_of_finding.append(case)
            if self.first_only:
                break
        for (path, message), cases_of_finding in cases.items():
            if cases_of_finding:
                message = message.replace("{when}", when(validator, cases_of_finding))
            yield path, message


def properties_of(*types: str) -> tuple[str, ...]:
    """Return the paths of the properties of these types, for ``looks_at``."""
    return tuple(f"Resources/{kind}/Properties" for kind in types)


def _cases_of(cfn: Template, look: str) -> list[tuple[Any, Validator]]:
    """Return the parts at a path, in each case; cached for rules with the same path."""
    cases_by_path: dict[str, list[tuple[Any, Validator]]] = memory(cfn).setdefault("parts", {})
    if look not in cases_by_path:
        cases_by_path[look] = list(_parts_at(cfn, *look.split("/")))
    return cases_by_path[look]


def _parts_at(cfn: Template, section: str, kind: str = "", *rest: str) -> Iterator[tuple[Any, Validator]]:
    if not section:
        yield cfn.template, _at(cfn)
    elif not kind:
        yield cfn.template.get(section), _at(cfn, section)
    elif kind == "*":
        for logical_id, resource in cfn.get_resources().items():
            yield resource, _at(cfn, section, logical_id)
    elif not rest:
        for resource, validator in _cases_of(cfn, f"{section}/*"):
            if resource["Type"] == kind and (case := case_of(validator, resource)):
                yield {"Properties": {}, **resource}, case
    else:
        for resource, case in _cases_of(cfn, f"{section}/{kind}"):
            yield from branches(case, resource, *rest)


def _at(cfn: Template, *steps: str) -> Validator:
    """Return a validator with its path."""
    context = cfn.context.evolve(path=replace(cfn.context.path, path=deque(steps)))
    validator: Validator = CfnTemplateValidator({}, cfn=cfn, context=context)
    return validator
