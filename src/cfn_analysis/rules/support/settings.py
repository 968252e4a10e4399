"""Tables of settings that do not fit together, and where a template has them."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from cfnlint.helpers import is_function
from cfnlint.jsonschema import Validator

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.references import sub_text, target_case
from cfn_analysis.rules.support.rule import Fault
from cfn_analysis.rules.support.scenarios import default_values, number, property_scenarios
from cfn_analysis.rules.support.values import Path, as_text, branches, existing, of_type, place, show
from cfn_analysis.rules.support.words import rows

SIGNS: dict[str, Callable[[str, str], bool]] = {
    "=": lambda left, right: left.lower() in right.lower().split("|"),
    "!=": lambda left, right: not re.search(r"[${]", left) and left.lower() not in right.lower().split("|"),
    "~": lambda left, right: re.search(right, left) is not None,
    "!~": lambda left, right: re.search(right, left) is None,
    "<": lambda left, right: float(left) < float(right),
    ">": lambda left, right: float(left) > float(right),
}
LONGEST = 200  # a longer value is not shown in a message
SHARED = re.compile("[A-Z_]+ = ")
TERM = re.compile(r"(/?[\w/]+)(?:@([\w:]+)(?:/([\w/]+))?)?(?:\(([^)]*)\))?")


class Term(NamedTuple):
    """A setting: of the part that a row is about, of its resource, or of the resource that it refers to."""

    name: str
    """Path of a property; it begins with a slash if it is one of the resource."""
    kind: str
    """Type of the resource to which the value refers; empty if the value itself is meant."""
    inside: str
    """Path of a property of that resource."""
    default: str | None
    """Value if the property is missing."""

    @property
    def steps(self) -> tuple[str, ...]:
        """The path in the part; empty for a property of the resource."""
        return () if self.name.startswith("/") else tuple(self.name.split("/"))


class Test(NamedTuple):
    """A test of a setting."""

    term: Term
    sign: str
    """One of ``SIGNS``, ``+`` for an existing property, ``-`` or ``--`` for a missing one."""
    right: Term | str
    """What it is compared with."""


class Row(NamedTuple):
    """Settings of a part of a resource that do not fit together."""

    steps: tuple[str, ...]
    tests: tuple[Test, ...]
    without: tuple[str, ...]
    """Types of which the template must not have a resource."""
    effect: str
    names: tuple[str, ...]
    """The properties of the part that the tests read."""
    needed: frozenset[str]
    """Those without which a test is false."""


def read(file: str) -> dict[str, list[Row]]:
    """Return the rows of the text file beside a module by type.

    The lines ``WORD = text`` say what the words in capitals stand for. The others are rows: the types without
    ``AWS::``, with the path of the part; the tests, all of which are true for a fault; and the effect, after
    `` : ``. ``Name`` is a property, ``Name(0)`` one with a default, ``Name@SQS::Queue/FifoQueue`` a property
    of the resource that it refers to. The signs are ``=`` and ``!=`` with values, ``~`` and ``!~`` with a
    pattern, ``<`` and ``>`` with a number or a property. ``Name+`` is an existing property, ``Name-`` a
    missing one, which the message names, or ``Name--``; ``*Type-`` is a type that the template does not have.
    """
    found: dict[str, list[Row]] = {}
    lines = rows(file)
    shared = dict(line.split(" = ", 1) for line in lines if SHARED.match(line))
    for line in lines[len(shared) :]:
        for word, text in shared.items():
            line = re.sub(rf"\b{word}\b", text.replace("\\", r"\\"), line)
        written, effect = " ".join(line.split()).split(" : ", 1)
        parts, *tests = re.split(" (?:& )?", written)
        without = tuple(f"AWS::{test[1:-1]}" for test in tests if test.startswith("*"))
        of_part = [_test(test) for test in tests if not test.startswith("*")]
        terms = [term for test in of_part for term in (test.term, test.right) if isinstance(term, Term)]
        names = tuple(dict.fromkeys(term.steps[0] for term in terms if term.steps))
        needed = frozenset(test.term.steps[0] for test in of_part if _is_needed(test))
        for part in parts.split(","):
            kind, *steps = part.split("/")
            row = Row(tuple(steps), tuple(of_part), without, effect, names, needed)
            found.setdefault(f"AWS::{kind}", []).append(row)
    return found


def _is_needed(test: Test) -> bool:
    """Return whether a test is false without its property."""
    return (
        bool(test.term.steps) and "-" not in test.sign and (test.term.default is None or bool(test.term.kind))
    )


def _test(text: str) -> Test:
    term, end = _term(text)
    sign = next(sign for sign in ("!=", "!~", *SIGNS, "+", "--", "-", "") if text[end:].startswith(sign))
    right: str | Term = text[end + len(sign) :]
    if sign in ("<", ">") and number(right) is None:
        right = _term(str(right))[0]
    return Test(term, sign, right)


def _term(text: str) -> tuple[Term, int]:
    found = TERM.match(text)
    assert found, text
    name, kind, inside, default = found.groups()
    return Term(name, f"AWS::{kind}" if kind else "", inside or "", default), found.end()


Values = Callable[[Validator, Any], Iterator[tuple[Any, Validator]]]


class Misfit(NamedTuple):
    """Settings that do not fit together in a case."""

    path: Path
    text: str
    case: Validator

    def fault(self) -> Fault:
        """Return it as the finding of a rule."""
        return Fault(self.path, self.text, self.case)


def misfits(
    validator: Validator, properties: Any, listed: Sequence[Row], values_of: Values = default_values
) -> Iterator[Misfit]:
    """Yield the rows of a table that apply to a resource.

    ``values_of`` yields the values that count: of a parameter the default, or with ``values`` its only value.
    """
    resources = validator.cfn.template["Resources"]
    parts: dict[tuple[str, ...], list[tuple[Any, Validator]]] = {(): [(properties, validator)]}
    for row in listed:
        if any(any(of_type(resources, kind)) for kind in row.without):
            continue
        if row.steps not in parts:
            parts[row.steps] = list(branches(validator, properties, *row.steps))
        for part, where in parts[row.steps]:
            if not isinstance(part, dict) or is_function(part)[0] or not row.needed <= part.keys():
                continue
            if any(_is_excluded(part, test) for test in row.tests):
                continue
            start = place(where, validator) if row.steps else ()
            for found, case in property_scenarios(where, part, *row.names):
                for facts, known in _facts(_Look(case, found, properties, values_of), row.tests):
                    paths = (existing(part, test.term.steps) for test in row.tests if test.term.steps)
                    path = next(filter(None, paths), ())
                    text = re.sub(
                        r"(\S+ is \w+, whose )(.*) and \1", r"\1\2 and ", " and ".join(filter(None, facts))
                    )
                    yield Misfit((*start, *path), f"{text}{{when}}: {row.effect}", known)


def _is_excluded(part: Any, test: Test) -> bool:
    """Return whether a value that is written out makes a test false; the rest depends on the case."""
    value = value_at(part, test.term.steps) if test.term.steps and not test.term.kind else None
    if value in (None, "") or isinstance(value, (dict, list)):
        return False
    if "-" in test.sign:
        return True
    return (
        test.sign in SIGNS
        and isinstance(test.right, str)
        and not _is_true(test.sign, as_text(value), test.right)
    )


class _Look(NamedTuple):
    """Where the tests of a row look."""

    case: Validator
    part: Any
    properties: Any
    values_of: Values


def _facts(look: _Look, tests: Sequence[Test]) -> Iterator[tuple[list[str], Validator]]:
    """Yield what all tests find, in words, if they are true."""
    if not tests:
        yield [], look.case
        return
    for fact, case in _fact(look, tests[0]):
        for facts, last in _facts(look._replace(case=case), tests[1:]):
            yield [fact, *facts], last


def _fact(look: _Look, test: Test) -> Iterator[tuple[str, Validator]]:
    """Yield what a test finds, in words, in each case in which it is true."""
    if test.sign in ("+", "-", "--"):
        case, name, written = _written(look, test.term)
        missing = written in (None, "", [])
        if case and missing == (test.sign != "+"):
            yield "" if test.sign == "--" else f"{name} is {'missing' if missing else 'set'}", case
        return
    for left, fact, case in _values(look, test.term):
        if not test.sign:
            yield fact, case
        elif isinstance(test.right, str):
            if _is_true(test.sign, left, test.right):
                yield "" if test.sign == "!~" else fact, case
        else:
            for right, other_fact, known in _values(look._replace(case=case), test.right):
                if _is_true(test.sign, left, right):
                    yield f"{fact} and {other_fact}", known


def _is_true(sign: str, left: str, right: str) -> bool:
    if sign in ("<", ">") and None in (number(left), number(right)):
        return False
    return SIGNS[sign](left, right)


def _values(look: _Look, term: Term) -> Iterator[tuple[str, str, Validator]]:
    """Yield the known values of a setting as texts, in words, and with their cases."""
    case, name, written = _written(look, term)
    if case and term.kind and not term.inside:
        yield name, name, case
    if not case or (term.kind and not term.inside):
        return
    found = []
    for value, where in look.values_of(case, written):
        if value is None and term.default is not None:
            yield term.default, f"{name} is {term.default} by default", where
        found += [(text, where) for text in _known_texts(value)]
    statuses = [where.context.conditions.status for _, where in found]
    if len(found) > 1 and all(status == statuses[0] for status in statuses):
        return  # a parameter with several values
    for text, where in found:
        yield text, f"{name} is {text if len(text) < LONGEST else 'set'}", where


def _written(look: _Look, term: Term) -> tuple[Validator | None, str, Any]:
    """Return the case, the name and the value of a setting as it is written.

    Without a case there is no resource of the type to which the value refers.
    """
    holder, name = look.part if term.steps else look.properties, _dotted(term.name)
    written = value_at(holder, tuple(term.name.strip("/").split("/")))
    if not term.kind:
        return look.case, name, written
    logical_id, properties, exists = target_case(look.case, written, term.kind)
    name = f"{name} is {logical_id}"
    if not term.inside:
        return exists, name, None
    inside = value_at(properties, tuple(term.inside.split("/")))
    return exists, f"{name}, whose {_dotted(term.inside)}", inside


def _dotted(path: str) -> str:
    return path.strip("/").replace("/", ".")


def _known_texts(value: Any) -> list[str]:
    """Return a value as a text: a list as its items; none if it is not known."""
    if isinstance(value, list):
        inside = [text for item in value for text in _known_texts(item)]
        return [" and ".join(inside)] if len(inside) == len(value) else []
    if isinstance(value, dict):
        text = sub_text(value)
        return [show(value) if text is None else text]
    return [] if value is None else [as_text(value)]
