"""The accuracy of a review on the labeled pairs: precision and recall of every word that a review can use."""

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from . import pairs

# A key is ``[environment:][stack/]LogicalId``.
Key = tuple[str, str, str]
Risk = tuple[str, str, str, str]  # kind, environment, stack, logical ID
Review = dict[str, Any]

REPLACES = ("replace", "maybe-replace")
FOLLOWS = {"lost": "data-loss", "orphaned": "orphan"}


class Count(NamedTuple):
    """The number of correct, incorrect and missing uses of a word."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """The share of the reported results that are correct; 1 if nothing was reported."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """The share of the expected results that were reported; 1 if none were expected."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


@dataclass
class Score:
    """Counts by field and word, such as ``("change", "replace")``, and the mistakes of each case."""

    right: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: Counter[tuple[str, str]] = field(default_factory=Counter)
    missed: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: dict[str, list[str]] = field(default_factory=dict)

    def count(self, field_name: str, word: str) -> Count:
        """Return the counts of one word of a field."""
        key = (field_name, word)
        return Count(self.right[key], self.wrong[key], self.missed[key])

    def table(self) -> str:
        """Return a line per word: correct, incorrect, missing, precision and recall. The cases follow."""
        lines = [f"{'field':<13} {'word':<15} right wrong missed precision recall"]
        for key in sorted({*self.right, *self.wrong, *self.missed}):
            n = self.count(*key)
            lines.append(
                f"{key[0]:<13} {key[1]:<15} {n.right:5} {n.wrong:5} {n.missed:6}"
                f" {n.precision:9.3f} {n.recall:6.3f}"
            )
        perfect = sum(not faults for faults in self.faults.values())
        return "\n".join([*lines, f"{perfect} of {len(self.faults)} cases entirely right"])


def score_corpus(review: Callable[[pairs.Inputs], Review], folder: Path) -> Score:
    """Return the score of a review on the whole corpus. This is the only function that calls a review.

    Args:
        review: inputs -> the review's JSON, as ``json.loads`` returns it.
        folder: an empty folder, in which both sides of each case are written.
    """
    numbers = itertools.count()

    def reviewed(case: Mapping[str, Any]) -> Review:
        place = folder / str(next(numbers))
        place.mkdir()
        return review(pairs.write(dict(case), place))

    return score(pairs.cases(), reviewed)


def score(cases: Iterable[Mapping[str, Any]], review: Callable[[Mapping[str, Any]], Review]) -> Score:
    """Return the score of a review.

    Args:
        cases: as ``pairs.cases()`` yields them.
        review: case -> the review's JSON, as ``json.loads`` returns it.
    """
    total = Score()
    for case in cases:
        total.faults[case["name"]] = []
        _Scorer(case, review(case), total).run()
    return total


def key_of(text: str, environments: Iterable[str]) -> list[Key]:
    """Return the keys for the key of a label: one for each environment that it includes."""
    environment, _, rest = text.rpartition(":")
    stack, _, logical_id = rest.rpartition("/")
    if environment:
        environments = [environment]
    return [(name, stack, logical_id) for name in environments]


class _Scorer:
    """The comparison of one case."""

    def __init__(self, case: Mapping[str, Any], actual: Review, total: Score) -> None:
        self.case = case
        self.actual = actual
        self.total = total
        self.environments = list(case.get("environments", {"": {}}))
        self.several = "stacks" in case
        self.kinds = case["kinds"]
        self.entries: dict[Key, dict[str, Any]] = {}
        for environment in actual["environments"]:
            for stack in environment["stacks"]:
                for entry in stack["resources"]:
                    key = (environment["name"], self._stack(stack["name"]), entry["logicalId"])
                    self.entries[key] = entry
        self.labels: dict[Key, Mapping[str, Any]] = {}
        for text, label in case.get("expect", {}).items():
            self.labels.update(dict.fromkeys(key_of(text, self.environments), label or {}))

    def _stack(self, name: str) -> str:
        """Return the name of a stack as in labels. Two plain templates are one stack, with any name."""
        return name if self.several else ""

    def _say(self, kind: str, field_name: str, word: str, where: object) -> None:
        getattr(self.total, kind)[field_name, word] += 1
        if kind != "right":
            self.total.faults[self.case["name"]].append(f"{kind} {field_name} {word!r} at {where}")

    def run(self) -> None:
        """Count the results for everything that the case labels."""
        if "replace" in self.kinds:  # without it, the case is about access and guards, not about changes
            self._changes()
            for key, label in self.labels.items():
                if entry := self.entries.get(key):
                    for field_name in ("interruption", "data"):
                        if field_name in label:
                            self._word(field_name, label[field_name], entry[field_name], key)
                    self._causes(key, label, entry)
        self._risks()
        self._order()
        everything = json.dumps(self.actual, ensure_ascii=False)
        for hidden in self.case.get("hidden", ()):
            self._say("wrong" if hidden in everything else "right", "secret", "hidden", hidden)

    def _word(self, field_name: str, expected: str | list[str], actual: str, where: object) -> None:
        words = [expected] if isinstance(expected, str) else expected
        if actual in words:
            self._say("right", field_name, actual, where)
        else:
            self._say("missed", field_name, words[0], where)
            self._say("wrong", field_name, actual, where)

    def _changes(self) -> None:
        for key, label in self.labels.items():
            if "change" not in label:
                continue
            if key in self.entries:
                self._word("change", label["change"], self.entries[key]["change"], key)
            else:
                words = [label["change"]] if isinstance(label["change"], str) else label["change"]
                self._say("missed", "change", words[0], key)
        for key, entry in self.entries.items():
            if key not in self.labels:
                self._say("wrong", "change", entry["change"], key)

    def _causes(self, key: Key, label: Mapping[str, Any], entry: Mapping[str, Any]) -> None:
        causes = entry["causes"]
        if "properties" in label:
            expected, actual = set(label["properties"]), {_top(cause["property"]) for cause in causes}
            for kind, names in (
                ("right", expected & actual),
                ("wrong", actual - expected),
                ("missed", expected - actual),
            ):
                for name in sorted(names):
                    self._say(kind, "causes", "property", (*key, name))
        for name, (before, after) in label.get("values", {}).items():
            changed_values = [
                (_plain(c["before"]), _plain(c["after"])) for c in causes if _top(c["property"]) == name
            ]
            good = (_plain(before), _plain(after)) in changed_values
            self._say("right" if good else "missed", "causes", "value", (*key, name, changed_values))
        if "chain" in label:
            chains = [json.dumps(cause["chain"], ensure_ascii=False) for cause in causes]
            good = any(_in_order(label["chain"], chain) for chain in chains)
            self._say("right" if good else "missed", "causes", "chain", (*key, chains))

    def _risks(self) -> None:
        implied, open_kinds = self._implied()
        expected = implied | self._listed("risks")
        may = self._listed("may") | open_kinds
        actual: set[Risk] = set()
        for risk in self.actual["risks"]:
            if risk["kind"] in self.kinds:
                key = (self._stack(risk["stack"]), risk["logicalId"])
                actual.update((risk["kind"], environment, *key) for environment in risk["environments"])
        met: set[Risk] = set()
        for reported in sorted(actual):
            matching = {risk for risk in expected if _matches(risk, reported)}
            met |= matching
            if matching:
                continue
            if not any(_matches(risk, reported) for risk in may):
                self._say("wrong", "risk", reported[0], reported[1:])
        for risk in sorted(expected):
            self._say("right" if risk in met else "missed", "risk", risk[0], risk[1:])

    def _implied(self) -> tuple[set[Risk], set[Risk]]:
        """Return the risks that the labels imply, and the risks that are not scored without a label."""
        implied: set[Risk] = set()
        unlabelled: set[Risk] = set()
        for key, label in self.labels.items():
            change, data, interruption = (label.get(name) for name in ("change", "data", "interruption"))
            changes = {change} if isinstance(change, str) else set(change or ())
            if data != "harmless":
                if changes and changes <= set(REPLACES):
                    implied.add(("replace", *key))
                elif not changes or changes & set(REPLACES):
                    unlabelled.add(("replace", *key))
            if isinstance(data, str):
                implied |= {(FOLLOWS[data], *key)} if data in FOLLOWS else set()
            else:
                unlabelled |= {(kind, *key) for kind in FOLLOWS.values()}
            if interruption == "some":
                implied.add(("interruption", *key))
            elif interruption != "none":
                unlabelled.add(("interruption", *key))
        return implied, unlabelled

    def _listed(self, name: str) -> set[Risk]:
        listed: set[Risk] = set()
        for text in self.case.get(name, ()):
            kind, _, where = text.partition(" ")
            listed.update((kind, *key) for key in key_of(where, self.environments))
        return listed

    def _order(self) -> None:
        if not (texts := self.case.get("order")):
            return
        keys = [key_of(text, self.environments)[0] for text in texts]
        places = [self.entries.get(key, {}).get("interruptionOrder") for key in keys]
        numbers = [place for place in places if isinstance(place, int)]
        good = numbers == places and all(first < second for first, second in itertools.pairwise(numbers))
        self._say("right" if good else "missed", "order", "order", (keys, places))


def _top(path: str) -> str:
    """Return the top-level property of a path such as ``Tags.0.Value`` or ``Tags[0]``."""
    for separator in ".[/":
        path = path.partition(separator)[0]
    return path


def _plain(value: Any) -> str:
    """Return a value as CloudFormation passes it on: numbers and booleans are equal to their strings."""
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else str(value)


def _in_order(words: Iterable[str], chain: str) -> bool:
    start = 0
    for word in words:
        position = chain.find(word, start)
        if position < 0:
            return False
        start = position + len(word)
    return True


def _matches(expected: Risk, actual: Risk) -> bool:
    """Return whether a risk is expected; ``*`` is any stack or resource, ``Old|New`` one of two."""
    return (
        expected[:2] == actual[:2]
        and expected[2] in ("*", actual[2])
        and (expected[3] == "*" or actual[3] in expected[3].split("|"))
    )
