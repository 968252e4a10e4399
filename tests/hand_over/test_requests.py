"""What the deploy roles may do: the policies, judged on every request of the corpus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from .corpus import Asked, condition_keys, requests
from .policy_evaluator import Decision, Document, decide

CORPUS = requests()
GROUPS = list(dict.fromkeys((one.stack, one.role, one.deleting) for one in CORPUS))

Policies = Callable[[str, str, bool], list[Document]]
"""Stack, role, whether the policies for deleting are attached -> documents."""


def surprises(policies: Policies, asked: list[Asked]) -> list[str]:
    """Return the requests that the policies answer in another way than they should."""
    found = []
    for one in asked:
        documents = policies(one.stack, one.role, one.deleting)
        answers = {decide(request, documents) is Decision.ALLOW for request in one.variants()}
        if answers != {one.expected != "not"}:
            found.append(f"{'allowed' if True in answers else 'denied'}: {one}")
    return found


def test_the_corpus_asks_what_can_be_asked() -> None:
    """IAM knows each action for such an ARN, and tags where the request has tags."""
    wrong = []
    for one in CORPUS:
        keys = condition_keys(one.request.action, one.request.resource)
        tagged = any(key.startswith("aws:ResourceTag/") for key in one.request.context)
        if keys is None or (tagged and "aws:ResourceTag/${TagKey}" not in keys):
            wrong.append(str(one))

    assert wrong == []


def test_the_corpus_asks_both_ways() -> None:
    """Of each role something is allowed and something denied, and nothing is asked twice."""
    kinds = {
        (group, one.expected)
        for group in GROUPS
        for one in CORPUS
        if (one.stack, one.role, one.deleting) == group
    }
    asked = Counter((one.stack, one.role, one.deleting, repr(one.request)) for one in CORPUS)

    assert {group for group, expected in kinds if expected == "may"} == set(GROUPS)
    assert {group for group, expected in kinds if expected == "not"} == set(GROUPS)
    assert [request for request, times in asked.items() if times > 1] == []
    assert len(CORPUS) > 1_000


def test_a_surprise_is_found() -> None:
    """Policies that allow everything, or nothing, surprise in each request of the other kind."""
    everything: list[Document] = [
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    ]
    denied = [one for one in CORPUS if one.expected == "not"]

    assert len(surprises(lambda *_: everything, CORPUS)) == len(denied)
    assert len(surprises(lambda *_: [], CORPUS)) == len(CORPUS) - len(denied)
