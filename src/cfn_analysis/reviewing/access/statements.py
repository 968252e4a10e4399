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


class Some(NamedTuple):
    """A set of texts: those that some patterns match, each with its text as written, without others."""

    includes: Mapping[Pattern, str]
    excludes: tuple[Pattern, ...] = ()

    def holds(self, wanted: Pattern, without: Sequence[Pattern] = ()) -> bool:
        """Return whether all texts of a pattern, except those of some patterns, are certainly in the set."""
        # wanted - without is a subset of includes - excludes, if wanted is a subset of one of includes and,
        # for each e of excludes: e and wanted have no common text, or e is a subset of one of without.
        return any_covers(self.includes, wanted) and all(
            disjoint(excluded, wanted) or any_covers(without, excluded) for excluded in self.excludes
        )


class Statement(NamedTuple):
    """A statement of a policy, with actions in lower case; without principals, they are everyone.

    Attributes:
        place: its path in the document.
    """

    place: Place
    denies: bool
    principals: Some
    actions: Some
    resources: Some
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
_ALL: Final = Some({EVERYTHING: ""})
_ACCOUNT: Final = "AWS::AccountId"


def statements(document: Any) -> list[Statement]:
    """Return the statements of a policy or its JSON; for an unknown Fn::If, those of both branches."""
    found: list[Statement] = []
    for content, limits in _unfolded(parsed(document)):
        if is_unknown(content):
            found.append(_statement((), content, limits))
            continue
        element = parsed(content.get("Statement"))
        for number, written in enumerate(as_list(element)):
            place: Place = ("Statement", number) if isinstance(element, list) else ("Statement",)
            found += [_statement(place, inner, (*limits, *more)) for inner, more in _unfolded(written)]
    return found


def not_covered(wanted: Statement, given: Sequence[Statement]) -> Iterator[Access]:
    """Yield the access of a statement that no other statement of the same effect is shown to cover."""
    # A statement is the product principals x actions x resources, where its conditions hold.
    # wanted - given = for each principal p and resource r of wanted: its actions, without those of all
    # statements g of given with p in g.principals, r in g.resources, and wanted.conditions implying g's.
    for principal, written in wanted.principals.includes.items():
        for resource, name in wanted.resources.includes.items():
            near = [
                statement
                for statement in given
                if statement.denies == wanted.denies
                and statement.principals.holds(principal, wanted.principals.excludes)
                and statement.resources.holds(resource, wanted.resources.excludes)
            ]
            near = _without_delegation(wanted, principal, near)
            rest = _actions_left(
                wanted.actions,
                [statement.actions for statement in near if implies(wanted.conditions, statement.conditions)],
            )
            if not rest:
                continue
            dropped = [
                limit.written
                for statement in near
                if not _actions_left(wanted.actions, [statement.actions])
                for limit in not_implied(wanted.conditions, statement.conditions)
            ]
            known = bool(near) or (is_known(principal) and is_known(resource))
            limits = [limit for limit in wanted.conditions if limit.written in dropped]
            known = known and all(is_known(value) for limit in limits for value in limit.values)
            yield Access(written, tuple(rest), name, tuple(dict.fromkeys(dropped)), known)


def _without_delegation(wanted: Statement, principal: Pattern, near: list[Statement]) -> list[Statement]:
    """Return the statements that cover a principal, without those of its account if it was limited itself.

    A statement about an account lets the account's own policies decide: a role needs one in addition. A
    statement about the role itself needs none, so its conditions are the only limit.
    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-root-enable-iam
    """
    own = [statement for statement in near if principal in statement.principals.includes]
    is_limited = any(
        _overlaps(wanted.actions, statement.actions) and not implies(wanted.conditions, statement.conditions)
        for statement in own
    )
    return own if is_limited and not wanted.denies else near


def _overlaps(wanted: Some, given: Some) -> bool:
    """Return whether two sets of actions, in lower case, may have a common one."""
    return not all(disjoint(first, second) for first, second in product(wanted.includes, given.includes))


def _actions_left(wanted: Some, given: Sequence[Some]) -> list[str]:
    """Return the actions that are in none of some sets, as written."""
    # wanted - (g1 or g2 or ...): action by action where the service's actions are known, otherwise the
    # whole pattern must be a subset of one g.
    found = []
    for pattern_of_actions, written in wanted.includes.items():
        known = [
            action for action in _matching(pattern_of_actions) if not any_covers(wanted.excludes, action)
        ]
        if known:
            missed = [action for action in known if not any(some.holds(action) for some in given)]
            if missed and len(missed) < len(known):
                found.append(f"{written} (new: {beginning([''.join(action) for action in missed], 3)})")
            elif missed:
                found.append(written)
        elif not any(some.holds(pattern_of_actions, wanted.excludes) for some in given):
            found.append(written)
    return list(dict.fromkeys(found))


@cache
def _matching(action: Pattern) -> tuple[Pattern, ...]:
    """Return the IAM actions that a pattern matches; empty if it does not name a service."""
    service = "".join(token for token in action[: action.index(":")]) if ":" in action else ""
    if not service or not is_known(action) or not all(len(token) == 1 for token in action[: len(service)]):
        return ()
    names = (tuple(f"{service}:{name}") for name in sorted(iam_actions(service)))
    return tuple(name for name in names if covers(action, name))


def _statement(place: Place, written: Mapping[str, Any], limits: tuple[Condition, ...]) -> Statement:
    if is_unknown(written):  # it covers only itself
        itself = pattern(written)
        unnamed, named = Some({itself: ""}), Some({itself: f"the statement {words(written)}"})
        return Statement(place, False, unnamed, named, unnamed, limits)
    names_resource = "Resource" in written or "NotResource" in written
    principals = _ALL
    if "Principal" in written or "NotPrincipal" in written:
        principals = _set(
            _principals(written.get("Principal")), _principals(written.get("NotPrincipal"), whole=False)
        )
    return Statement(
        place,
        written.get("Effect") == "Deny",
        principals,
        _set(_texts(written.get("Action"), fold=True), _texts(written.get("NotAction"), fold=True)),
        # A trust policy has no Resource element; it applies to its role.
        _set(_texts(written.get("Resource")), _texts(written.get("NotResource"))) if names_resource else _ALL,
        (*conditions(written.get("Condition")), *limits),
    )


def _set(included: Mapping[Pattern, str], excluded: Mapping[Pattern, str]) -> Some:
    """Return the set of an element or of its Not form; a statement has one of them."""
    if excluded:
        return Some(
            {EVERYTHING: f"everything except {beginning(list(excluded.values()), 3)}"}, tuple(excluded)
        )
    return Some(included)


def _texts(element: Any, *, fold: bool = False) -> dict[Pattern, str]:
    found = {}
    for value in as_list(element):
        written = pattern(value)
        found[lower(written) if fold else written] = words(value)
    return found


def _principals(element: Any, *, whole: bool = True) -> dict[Pattern, str]:
    """Return the principals as patterns that start with their kind.

    ``*`` is everyone, as is ``AWS: *`` with Allow in a resource policy. An account is all its principals,
    except in NotPrincipal, which must name each of them.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    if element is None:
        return {}
    kinds = element if isinstance(element, Mapping) and not is_unknown(element) else {"AWS": element}
    own = pattern({"Ref": _ACCOUNT})
    found = {}
    for kind, values in kinds.items():
        for value in as_list(values):
            principal = pattern(value, wildcards=False)
            if principal == ("*",):
                found[EVERYTHING] = EVERYONE
            elif kind == "AWS" and (account := _account(principal)):
                rest = (ANY,) if whole else tuple("root")
                found[(*"AWS:arn:", ANY, ":", ANY, *"::", *account, ":", *rest)] = (
                    f"the account {'itself' if account == own else ''.join(account)}"
                )
            elif kind == "AWS" and _is_arn_of_resource(value):  # of a role in the same account
                found[(*"AWS:arn:aws:iam::", *own, *":role/", *principal)] = words(value)
            else:
                found[(*f"{kind}:", *principal)] = words(value)
    return found


def _account(principal: Pattern) -> Pattern:
    """Return the account of an account principal; empty for other principals."""
    for partition in ("aws", "aws-cn", "aws-us-gov"):
        head, tail = tuple(f"arn:{partition}:iam::"), tuple(":root")
        if principal[: len(head)] == head and principal[-len(tail) :] == tail:
            return principal[len(head) : -len(tail)]
    digits = all(token.isdigit() for token in principal) and len(principal) == 12
    return principal if digits or principal == pattern({"Ref": _ACCOUNT}) else ()


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
