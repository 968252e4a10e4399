"""Statements of IAM policies as access: principals, actions, resources and conditions, each as a set.

The actions of each service come from the lists in cfn-lint, so that a wildcard and the list of actions that
it matches are equal.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import product
from typing import Any, Final, NamedTuple

from cfn_analysis.model.access_properties import parsed
from cfn_analysis.model.intrinsics import is_unknown
from cfn_analysis.model.references import Place, as_list
from cfn_analysis.model.schemas import iam_actions
from cfn_analysis.model.wildcards import (
    ANY,
    EVERYTHING,
    Pattern,
    any_covers,
    covers,
    disjoint,
    is_known,
    lower,
    pattern,
)
from cfn_analysis.model.wording import beginning
from cfn_analysis.reviewing.access.conditions import Condition, conditions, implies, not_implied, undecided
from cfn_analysis.reviewing.values import words

Document = Mapping[str, Any]


class PatternSet(NamedTuple):
    """A set of texts: those that some patterns match, each with its text as written, without others."""

    includes: Mapping[Pattern, str]
    excludes: tuple[Pattern, ...] = ()

    def contains(self, texts: Pattern, without: Sequence[Pattern] = ()) -> bool:
        """Return whether all texts of a pattern, except those of some patterns, are certainly in the set."""
        # texts - without is a subset of includes - excludes, if texts is a subset of one of includes and,
        # for each e of excludes: e and texts have no common text, or e is a subset of one of without.
        if not any_covers(self.includes, texts):
            return False
        return all(disjoint(excluded, texts) or any_covers(without, excluded) for excluded in self.excludes)


class Statement(NamedTuple):
    """A statement of a policy, with actions in lower case; without principals, they are everyone.

    Attributes:
        place: its path in the document.
    """

    place: Place
    denies: bool
    principals: PatternSet
    actions: PatternSet
    resources: PatternSet
    conditions: tuple[Condition, ...]


class Access(NamedTuple):
    """Access that one statement covers and others do not.

    Attributes:
        principal: as written; empty if the policy has no principals.
        actions: as written, only those that others do not cover.
        dropped: keys of the conditions that limit it in the others.
        is_known: whether the result depends only on known values.
    """

    principal: str
    actions: tuple[str, ...]
    resource: str
    dropped: tuple[str, ...]
    is_known: bool


EVERYONE: Final = "everyone"
_ALL: Final = PatternSet({EVERYTHING: ""})
_ACCOUNT: Final = "AWS::AccountId"


def statements(document: Any) -> list[Statement]:
    """Return the statements of a policy or its JSON; for an unknown Fn::If, those of both branches."""
    of_document: list[Statement] = []
    for content, limits in _unfolded(parsed(document)):
        if is_unknown(content):
            of_document.append(_statement((), content, limits))
            continue
        element = parsed(content.get("Statement"))
        for number, written in enumerate(as_list(element)):
            place: Place = ("Statement", number) if isinstance(element, list) else ("Statement",)
            of_document += [_statement(place, inner, (*limits, *more)) for inner, more in _unfolded(written)]
    return of_document


def not_covered(statement: Statement, others: Sequence[Statement]) -> Iterator[Access]:
    """Yield the access of a statement that no other statement of the same effect is shown to cover."""
    # A statement is the product principals x actions x resources, where its conditions hold.
    # statement - others = for each principal p and resource r of the statement: its actions, without those of
    # all o of others with p in o.principals, r in o.resources, and statement.conditions implying o's.
    for principal, principal_name in statement.principals.includes.items():
        for resource, resource_name in statement.resources.includes.items():
            near = _without_delegation(statement, principal, _near(statement, principal, resource, others))
            implied = [covering.actions for covering in near if _implies(statement, covering)]
            actions = _actions_not_in(statement.actions, implied)
            if not actions:
                continue
            dropped = _dropped(statement, near)
            certain = bool(near) or (is_known(principal) and is_known(resource))
            certain = certain and _are_known(statement.conditions, dropped)
            yield Access(principal_name, tuple(actions), resource_name, dropped, certain)


def _near(
    statement: Statement, principal: Pattern, resource: Pattern, others: Sequence[Statement]
) -> list[Statement]:
    """Return the statements of the same effect about a principal and a resource of a statement."""
    near = []
    for compared in others:
        if compared.denies != statement.denies:
            continue
        if not compared.principals.contains(principal, statement.principals.excludes):
            continue
        if compared.resources.contains(resource, statement.resources.excludes):
            near.append(compared)
    return near


def _implies(narrow: Statement, wide: Statement) -> bool:
    return implies(narrow.conditions, wide.conditions)


def _dropped(statement: Statement, near: Sequence[Statement]) -> tuple[str, ...]:
    """Return the keys of the conditions in statements with all of its actions that it does not imply."""
    dropped: dict[str, None] = {}
    for limited in near:
        if not _actions_not_in(statement.actions, [limited.actions]):
            limits = not_implied(statement.conditions, limited.conditions)
            dropped.update(dict.fromkeys(limit.written for limit in limits))
    return tuple(dropped)


def _are_known(limits: Sequence[Condition], keys: Sequence[str]) -> bool:
    """Return whether all values of the conditions with some keys are known."""
    for limit in limits:
        if limit.written in keys and not all(is_known(value) for value in limit.values):
            return False
    return True


def _without_delegation(statement: Statement, principal: Pattern, near: list[Statement]) -> list[Statement]:
    """Return the statements that cover a principal, without those of its account if it was limited itself.

    A statement about an account lets the account's own policies decide: a role needs one in addition. A
    statement about the role itself needs none, so its conditions are the only limit.
    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-root-enable-iam
    """
    if statement.denies:
        return near
    own = [covering for covering in near if principal in covering.principals.includes]
    for covering in own:
        if _overlaps(statement.actions, covering.actions) and not _implies(statement, covering):
            return own
    return near


def _overlaps(first: PatternSet, second: PatternSet) -> bool:
    """Return whether two sets of actions, in lower case, may have a common one."""
    pairs = product(first.includes, second.includes)
    return not all(disjoint(action, compared) for action, compared in pairs)


def _actions_not_in(actions: PatternSet, sets: Sequence[PatternSet]) -> list[str]:
    """Return the actions that are in none of some sets, as written."""
    # actions - (s1 or s2 or ...): action by action where the service's actions are known, otherwise the
    # whole pattern must be a subset of one s.
    missing: dict[str, None] = {}
    for pattern_of_actions, written in actions.includes.items():
        matching = _matching(pattern_of_actions)
        matching = tuple(action for action in matching if not any_covers(actions.excludes, action))
        if not matching:
            if not _is_in_one(pattern_of_actions, sets, actions.excludes):
                missing[written] = None
            continue
        new = [action for action in matching if not _is_in_one(action, sets)]
        if len(new) == len(matching):
            missing[written] = None
        elif new:
            names = ["".join(action) for action in new]
            missing[f"{written} (new: {beginning(names, 3)})"] = None
    return list(missing)


def _is_in_one(texts: Pattern, sets: Sequence[PatternSet], without: Sequence[Pattern] = ()) -> bool:
    return any(pattern_set.contains(texts, without) for pattern_set in sets)


@cache
def _matching(action: Pattern) -> tuple[Pattern, ...]:
    """Return the IAM actions that a pattern matches; empty if it does not name a service."""
    if ":" not in action or not is_known(action):
        return ()
    tokens = action[: action.index(":")]
    service = "".join(tokens)
    if not service or not all(len(token) == 1 for token in action[: len(service)]):
        return ()
    names = (tuple(f"{service}:{name}") for name in sorted(iam_actions(service)))
    return tuple(name for name in names if covers(action, name))


def _statement(place: Place, written: Mapping[str, Any], limits: tuple[Condition, ...]) -> Statement:
    if is_unknown(written):  # it covers only itself
        itself = pattern(written)
        unnamed, named = PatternSet({itself: ""}), PatternSet({itself: f"the statement {words(written)}"})
        return Statement(place, False, unnamed, named, unnamed, limits)
    principals = resources = _ALL
    if "Principal" in written or "NotPrincipal" in written:
        excluded = _principals(written.get("NotPrincipal"), whole=False)
        principals = _set(_principals(written.get("Principal")), excluded)
    if "Resource" in written or "NotResource" in written:  # otherwise a trust policy, about its role
        resources = _set(_texts(written.get("Resource")), _texts(written.get("NotResource")))
    actions = _set(_texts(written.get("Action"), fold=True), _texts(written.get("NotAction"), fold=True))
    denies = written.get("Effect") == "Deny"
    limits = (*conditions(written.get("Condition")), *limits)
    return Statement(place, denies, principals, actions, resources, limits)


def _set(included: Mapping[Pattern, str], excluded: Mapping[Pattern, str]) -> PatternSet:
    """Return the set of an element or of its Not form; a statement has one of them."""
    if excluded:
        return PatternSet(
            {EVERYTHING: f"everything except {beginning(list(excluded.values()), 3)}"}, tuple(excluded)
        )
    return PatternSet(included)


def _texts(element: Any, *, fold: bool = False) -> dict[Pattern, str]:
    texts = {}
    for value in as_list(element):
        written = pattern(value)
        texts[lower(written) if fold else written] = words(value)
    return texts


def _principals(element: Any, *, whole: bool = True) -> dict[Pattern, str]:
    """Return the principals as patterns that start with their kind.

    ``*`` is everyone, as is ``AWS: *`` with Allow in a resource policy. An account is all its principals,
    except in NotPrincipal, which must name each of them.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    if element is None:
        return {}
    kinds = element if isinstance(element, Mapping) and not is_unknown(element) else {"AWS": element}
    principals = {}
    for kind, values in kinds.items():
        for value in as_list(values):
            principal, name = _principal(kind, value, whole=whole)
            principals[principal] = name
    return principals


def _principal(kind: str, value: Any, *, whole: bool) -> tuple[Pattern, str]:
    """Return a principal as a pattern that starts with its kind, and in words."""
    principal = pattern(value, wildcards=False)
    own = pattern({"Ref": _ACCOUNT})
    if principal == ("*",):
        return EVERYTHING, EVERYONE
    if kind != "AWS":
        return (*f"{kind}:", *principal), words(value)
    account = _account(principal)
    if account:
        rest = (ANY,) if whole else tuple("root")
        name = "itself" if account == own else "".join(account)
        return (*"AWS:arn:", ANY, ":", ANY, *"::", *account, ":", *rest), f"the account {name}"
    if _is_arn_of_resource(value):  # of a role in the same account
        return (*"AWS:arn:aws:iam::", *own, *":role/", *principal), words(value)
    return (*"AWS:", *principal), words(value)


def _account(principal: Pattern) -> Pattern:
    """Return the account of an account principal; empty for other principals."""
    for partition in ("aws", "aws-cn", "aws-us-gov"):
        head, tail = tuple(f"arn:{partition}:iam::"), tuple(":root")
        if principal[: len(head)] == head and principal[-len(tail) :] == tail:
            return principal[len(head) : -len(tail)]
    is_number = all(token.isdigit() for token in principal) and len(principal) == 12
    if is_number or principal == pattern({"Ref": _ACCOUNT}):
        return principal
    return ()


def _is_arn_of_resource(value: Any) -> bool:
    return isinstance(value, Mapping) and as_list(value.get("Fn::GetAtt"))[1:] == ["Arn"]


def _unfolded(
    value: Any, limits: tuple[Condition, ...] = ()
) -> Iterator[tuple[Document, tuple[Condition, ...]]]:
    """Yield a mapping or an unknown value; for an unknown condition, both branches, each with its limit."""
    match value:
        case {"Fn::If": [_, yes, no, *definition]}:
            for branch in (yes, no):
                limit = undecided([definition, branch is yes])
                for alternative in as_list(branch):
                    yield from _unfolded(alternative, (*limits, limit))
        case Mapping() if value != {"Ref": "AWS::NoValue"}:
            yield value, limits
