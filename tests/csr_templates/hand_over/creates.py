"""The requests that create the resources of the templates, made from ``creates.yaml``."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.references import pieces
from cfn_analysis.model.resolving import Resolver
from csr_templates.hand_over.policy_patterns import alternatives
from tests.data import read_yaml

from .corpus import ACCOUNT, PolicyCase, cases_of, tag_sets, tags_by_key

TABLE: Mapping[str, Any] = read_yaml(Path(__file__).with_name("creates.yaml"))
UNKNOWN = "a1b2"


class Creates:
    """The requests for the resources of one stack, whatever the conditions, with production's names."""

    def __init__(self, stack: BuiltStack) -> None:
        self._stack = stack

    def requests(self) -> Iterator[PolicyCase]:
        """Yield the requests, each once, for the types of the table."""
        for logical_id, resource in self._stack.resources.items():
            if resource["Type"] not in TABLE:
                continue
            sets = {**tag_sets(), "tags": self._tags(logical_id)}
            for number, entry in enumerate(TABLE[resource["Type"]]["requests"], 1):
                filled = self._filled(logical_id, entry)
                filled.setdefault("why", f"creating {logical_id}, request {number} of {resource['Type']}")
                yield from cases_of([self._stack.name, "service"], filled, sets)

    def _filled(self, logical_id: str, value: Any) -> Any:
        """Return a value of the table with the texts of the resource; a list may become longer."""
        if isinstance(value, Mapping):
            return {key: self._filled(logical_id, part) for key, part in value.items()}
        if isinstance(value, list):
            texts: list[str] = []
            for pattern in value:
                texts += self._texts(logical_id, pattern)
            return texts
        texts = self._texts(logical_id, value)
        return texts if len(texts) > 1 else texts[0]

    def _texts(self, logical_id: str, pattern: str) -> list[str]:
        """Return a text of the table for each value of the property that it names."""
        named = re.search(r"\{(\w+)\}", pattern)
        if not named:
            return [pattern]
        before, after = pattern[: named.start()], pattern[named.end() :]
        values = [self._generated(logical_id)] if named[1] == "name" else self._of(logical_id, named[1])
        texts: list[str] = []
        for value in values:
            texts += [f"{before}{value}{rest}" for rest in self._texts(logical_id, after)]
        return texts

    def _of(self, logical_id: str, property_name: str) -> list[str]:
        """Return the possible texts of a property, and of the items of a list."""
        properties = self._stack.resources[logical_id].get("Properties", {})
        texts = []
        for alternative in alternatives(properties[property_name]):
            resolved = self._known.value(alternative)
            values = resolved if isinstance(resolved, list) else [resolved]
            texts += [self._text(value) for value in values]
        return texts

    def _text(self, value: Any) -> str:
        match value:
            case str():
                return value
            case {"Ref": str(logical_id)} if logical_id in self._stack.resources:
                pattern = TABLE.get(self._stack.resources[logical_id]["Type"], {}).get("id", "{name}")
                (identifier,) = self._texts(logical_id, pattern)
                return identifier
            case {"Fn::Sub": str(text)}:
                return "".join(pieces(text, lambda _: UNKNOWN))
            case _:
                return UNKNOWN

    def _generated(self, logical_id: str) -> str:
        """Return the name that CloudFormation generates."""
        name = f"csr-lambda-api-prod-{self._stack.name}-{logical_id}-AbC123dEf456"
        is_lower = self._stack.resources[logical_id]["Type"].startswith("AWS::RDS::")
        return name.lower() if is_lower else name

    def _tags(self, logical_id: str) -> dict[str, str]:
        """Return the tags of a resource."""
        properties = self._stack.resources[logical_id].get("Properties", {})
        tags = self._known.value(properties.get("Tags", []))
        return {key: self._text(value) for key, value in tags_by_key(tags).items()}

    @cached_property
    def _known(self) -> Resolver:
        values = {"ProjectName": "csr-lambda-api", "Environment": "prod"}
        return Resolver(
            self._stack.template,
            {name: value for name, value in values.items() if name in self._stack.parameters},
            region=self._stack.region,
            account=ACCOUNT,
            stack_name=f"csr-lambda-api-prod-{self._stack.name}",
        )
