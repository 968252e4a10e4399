"""IAM policy documents: statements, divided into documents of the length that IAM accepts."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from cfn_analysis.model.built_stack import Document

MAX_CHARACTERS: Final = 6_144
"""Length of a managed policy; white space does not count.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
MAX_POLICIES: Final = 10
"""Managed policies of a role, unless an account requests a higher quota."""


class PolicyError(ValueError):
    """A policy cannot be created for a stack; the message states what to do."""


def one_or_all(values: Sequence[str]) -> str | list[str]:
    """Return the values for a policy: a single value, or a list of several."""
    if len(values) == 1:
        return values[0]
    return list(values)


def allow(
    sid: str, actions: Iterable[str], arns: Iterable[str], **conditions: Mapping[str, str | list[str]]
) -> Iterator[Document]:
    """Return the statement in a list, empty if it would allow nothing; ``conditions`` are by operator."""
    return _statement(sid, "Allow", actions, arns, conditions)


def deny(
    sid: str, actions: Iterable[str], arns: Iterable[str], **conditions: Mapping[str, str | list[str]]
) -> Iterator[Document]:
    """Return the statement in a list, empty if it would deny nothing; ``conditions`` are by operator."""
    return _statement(sid, "Deny", actions, arns, conditions)


def _statement(
    sid: str,
    effect: str,
    actions: Iterable[str],
    arns: Iterable[str],
    conditions: Mapping[str, Mapping[str, str | list[str]]],
) -> Iterator[Document]:
    actions = sorted(actions)
    if not actions:
        return
    statement: Document = {
        "Sid": sid,
        "Effect": effect,
        "Action": actions,
        "Resource": one_or_all(sorted(arns)),
    }
    condition = {operator: dict(values) for operator, values in conditions.items() if values}
    if condition:
        statement["Condition"] = condition
    yield statement


def divided(statements: Iterable[Document]) -> Iterator[Document]:
    """Yield statements that fit into documents: one with too many resources becomes several.

    The statements for readers and operators have resources of each environment of a project.
    """
    for statement in statements:
        yield from _divided(statement)


def _divided(statement: Document) -> list[Document]:
    """Return a statement that fits, or parts that fit, with numbers: ``ReadNames1``, ``ReadNames2``."""
    if _fits(statement) or isinstance(statement["Resource"], str):
        return [statement]
    arns = statement["Resource"]
    parts: list[Document] = []
    for count in range(2, len(arns) + 1):
        size = math.ceil(len(arns) / count)
        chunks = [arns[start : start + size] for start in range(0, len(arns), size)]
        parts = [
            {**statement, "Sid": f"{statement['Sid']}{number}", "Resource": one_or_all(chunk)}
            for number, chunk in enumerate(chunks, 1)
        ]
        if all(_fits(part) for part in parts):
            break
    return parts


def _fits(statement: Document) -> bool:
    return _length(_document(statement)) <= MAX_CHARACTERS


def in_documents(name: str, *parts: Iterable[Document]) -> list[Document]:
    """Return documents with the statements, in their order. Parts without statements are left out.

    Each part starts a document, so that a longer statement does not move the statements of other parts. Only
    parts that fill less than half of a document together are one document.

    Raises:
        PolicyError: one statement is longer than a document can be.
    """
    statements_of_parts = [list(statements) for statements in parts]
    every_statement: list[Document] = []
    for statements in statements_of_parts:
        every_statement += statements
    together = _packed(name, every_statement)
    if sum(_length(document) for document in together) < MAX_CHARACTERS / 2:
        return together
    documents: list[Document] = []
    for statements in statements_of_parts:
        documents += _packed(name, statements)
    return documents


def _packed(name: str, statements: Iterable[Document]) -> list[Document]:
    documents: list[Document] = []
    empty = _length(_document())
    room = 0
    for statement in statements:
        length = _length(statement)
        if empty + length > MAX_CHARACTERS:
            raise PolicyError(
                f"The statement {statement['Sid']} of the deploy policy {name} makes a document of "
                f"{empty + length} characters, but IAM accepts {MAX_CHARACTERS}. Divide the template into "
                "two stacks."
            )
        if documents and length < room:  # and a comma
            documents[-1]["Statement"].append(statement)
            room -= length + 1
        else:
            documents.append(_document(statement))
            room = MAX_CHARACTERS - empty - length
    return documents


def _document(*statements: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _length(document: Document) -> int:
    return len("".join(json.dumps(document).split()))
