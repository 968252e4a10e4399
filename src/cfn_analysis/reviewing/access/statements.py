"""Statements of IAM policies as access: principals, actions, resources and conditions, each as a set.

The actions of each service come from the lists in cfn-lint, so that a wildcard and the list of actions that
it matches are equal.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from cfn_analysis.model.intrinsics import is_unknown
from cfn_analysis.model.references import as_list
from cfn_analysis.model.schemas import iam_actions
from cfn_analysis.model.wording import beginning
from cfn_analysis.reviewing.access.conditions import (
    Condition,
    conditions,
    implies,
    not_implied,
    undecided,
)
from cfn_analysis.reviewing.access.wildcards import (
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
from cfn_analysis.reviewing.values import words

Document = Mapping[str, Any]


class Some(NamedTuple):
    """A set of texts: those that some patterns match, without those that others match.

    Attributes:
        includes: pattern -> its text as written.
        excludes: the excluded patterns.
    """

    includes: Mapping[Pattern, str]
    excludes: tuple[Pattern, ...] = ()

    def holds(self, one: Pattern, without: Sequence[Pattern] = ()) -> bool:
        """Return whether all texts of a pattern, except those of some patterns, are certainly in the set."""
        return any_covers(self.includes, one) and all(
            disjoint(excluded, one) or any_covers(without, excluded) for excluded in self.excludes
        )


class Statement(NamedTuple):
    """A statement of a policy.

    Attributes:
        denies: whether its effect is Deny.
        principals: its principals; everyone in the permissions policy of a role.
        actions: in lower case.
        resources: as ARNs.
        conditions: all of them must be true.
    """

    denies: bool
    principals: Some
    actions: Some
    resources: Some
    conditions: tuple[Condition, ...]


class Access(NamedTuple):
    """Access that one statement covers and others do not.

    Attributes:
        principal: as written; empty if the policy has no principals.
        actions: the actions as written, only those that others do not cover.
        resource: the resource as written.
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
    """Return the statements of a policy; for an unknown condition of the template, those of both branches.

    Args:
        document: a resolved policy document, or its JSON.
    """
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return []
    found: list[Statement] = []
    for one, limits in _unfolded(document):
        for item in as_list(one.get("Statement")):
            found += [_statement(inner, (*limits, *more)) for inner, more in _unfolded(item)]
    return found


def is_policy(value: Any) -> bool:
    """Return whether a value is a policy document, or its JSON."""
    if isinstance(value, str):
        return value.lstrip().startswith("{") and '"Statement"' in value
    return isinstance(value, Mapping) and "Statement" in value


def not_covered(one: Statement, others: Sequence[Statement]) -> Iterator[Access]:
    """Yield the access of one statement that no other statement of the same effect is shown to cover."""
    others = [other for other in others if other.denies == one.denies]
    for principal, written in one.principals.includes.items():
        for resource, name in one.resources.includes.items():
            near = [
                other
                for other in others
                if other.principals.holds(principal, one.principals.excludes)
                and other.resources.holds(resource, one.resources.excludes)
            ]
            rest = _actions_left(
                one.actions,
                [other.actions for other in near if implies(one.conditions, other.conditions)],
            )
            if not rest:
                continue
            limited = [other for other in near if len(_actions_left(one.actions, [other.actions])) == 0]
            dropped = [
                key.written for other in limited for key in not_implied(one.conditions, other.conditions)
            ]
            known = bool(near) or (is_known(principal) and is_known(resource))
            limits = [limit for limit in one.conditions if limit.written in dropped]
            known = known and all(is_known(value) for limit in limits for value in limit.values)
            yield Access(written, tuple(rest), name, tuple(dict.fromkeys(dropped)), known)


def _actions_left(wanted: Some, given: Sequence[Some]) -> list[str]:
    """Return the actions that are in none of some sets, as written."""
    found = []
    for one, written in wanted.includes.items():
        known = [action for action in _matching(one) if not any_covers(wanted.excludes, action)]
        if known:
            missed = [action for action in known if not any(some.holds(action) for some in given)]
            if missed and len(missed) < len(known):
                found.append(f"{written} (new: {beginning([''.join(action) for action in missed], 3)})")
            elif missed:
                found.append(written)
        elif not any(some.holds(one, wanted.excludes) for some in given):
            found.append(written)
    return list(dict.fromkeys(found))


@cache
def _matching(action: Pattern) -> tuple[Pattern, ...]:
    """Return the IAM actions that a pattern matches; empty if it does not name a service."""
    service = "".join(token for token in action[: action.index(":")]) if ":" in action else ""
    if not service or not is_known(action) or not all(len(one) == 1 for one in action[: len(service)]):
        return ()
    names = (tuple(f"{service}:{name}") for name in sorted(iam_actions(service)))
    return tuple(name for name in names if covers(action, name))


def _statement(item: Mapping[str, Any], limits: tuple[Condition, ...]) -> Statement:
    names_resource = "Resource" in item or "NotResource" in item
    principals = _ALL
    if "Principal" in item or "NotPrincipal" in item:
        principals = _set(
            _principals(item.get("Principal")), _principals(item.get("NotPrincipal"), whole=False)
        )
    return Statement(
        item.get("Effect") == "Deny",
        principals,
        _set(_texts(item.get("Action"), fold=True), _texts(item.get("NotAction"), fold=True)),
        # A trust policy has no Resource element; it applies to its role.
        _set(_texts(item.get("Resource")), _texts(item.get("NotResource"))) if names_resource else _ALL,
        (*conditions(item.get("Condition")), *limits),
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
        one = pattern(value)
        found[lower(one) if fold else one] = words(value)
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
    found = {}
    for kind, values in kinds.items():
        for value in as_list(values):
            one = pattern(value, wildcards=False)
            if one == ("*",):
                found[EVERYTHING] = EVERYONE
            elif kind == "AWS" and (account := _account(one)):
                rest = (ANY,) if whole else tuple("root")
                found[(*"AWS:arn:", ANY, ":", ANY, *"::", *account, ":", *rest)] = (
                    f"the account {_shown_account(account)}"
                )
            elif kind == "AWS" and _is_own_role(value):  # a role of the template is in the same account
                own = pattern({"Ref": _ACCOUNT})
                found[(*"AWS:arn:aws:iam::", *own, *":role/", *one)] = words(value)
            else:
                found[(*f"{kind}:", *one)] = words(value)
    return found


def _account(principal: Pattern) -> Pattern:
    """Return the account of an account principal; empty for other principals."""
    for partition in ("aws", "aws-cn", "aws-us-gov"):
        head, tail = tuple(f"arn:{partition}:iam::"), tuple(":root")
        if principal[: len(head)] == head and principal[-len(tail) :] == tail:
            return principal[len(head) : -len(tail)]
    digits = all(token.isdigit() for token in principal) and len(principal) == 12
    return principal if digits or principal == pattern({"Ref": _ACCOUNT}) else ()


def _shown_account(account: Pattern) -> str:
    return "itself" if account == pattern({"Ref": _ACCOUNT}) else "".join(account)


def _is_own_role(value: Any) -> bool:
    match value:
        case {"Fn::GetAtt": [str(), "Arn"]}:
            return True
    return False


def _unfolded(
    item: Any, limits: tuple[Condition, ...] = ()
) -> Iterator[tuple[Document, tuple[Condition, ...]]]:
    """Yield a mapping; for an unknown condition, all alternatives, each limited by its branch."""
    match item:
        case {"Fn::If": [_, yes, no, *definition]}:
            for branch in (yes, no):
                limit = undecided([definition, branch is yes])
                for one in as_list(branch):
                    yield from _unfolded(one, (*limits, limit))
        case Mapping() if not is_unknown(item):
            yield item, limits
