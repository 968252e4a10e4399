"""A model of the conditions for the API to accept the key of CloudFront, and of an operator who deploys.

It contains:

- **API Gateway** takes the value of a key when the key is created, and accepts the keys that exist. ``Value``
  cannot be changed.
- **Secrets Manager** copies a new value to the other region some time later.
- **CloudFormation** reads a dynamic reference when it creates or changes the resource, and at no other time.
  It creates resources before it deletes others, an update can fail at any point, and so can its rollback.
  While it works on a stack, it refuses another deploy of the stack.
  https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
- **CloudFront** sends the old key from some places and the new one from others, while it is being changed.
- **A person** deploys either stack with any values, in any order, puts new values into secrets, and stops and
  goes on whenever they like. They do not execute what a block has refused. They execute a change set in the
  block that has checked it.

What it does not know: how long API Gateway takes until a new key works, two deploys that are started in the
same second, a stack that is deleted, and changes that are made neither by CloudFormation nor by the blocks.
"""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, TypeVar

T = TypeVar("T")

KEYS: Final = "ab"
VALUES: Final = 2  # a secret gets one new value: the third is to the second what the second is to the first
ACCEPTED: Final = {"a": frozenset("a"), "b": frozenset("b"), "both": frozenset("ab"), "": frozenset()}
AT_REST: Final = ("none", "CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")

Value = tuple[str, int]
"""The key, and how many values its secret has had."""


class Stack(NamedTuple):
    """A stack: its status, what it is deployed or being deployed with, and what it had before."""

    status: str = "none"
    value: str = ""
    before: str = ""


class State(NamedTuple):
    """What there is.

    Attributes:
        api, frontend: the stacks.
        accepted: values of the keys that exist in API Gateway.
        sent: values that CloudFront sends from some place.
        secrets: how many values the secret of each key has had.
        copies: the same of its copy; 0 where there is none.
        change_sets: what the change set of api and of frontend would deploy, where one waits.
    """

    api: Stack = Stack()
    frontend: Stack = Stack()
    accepted: frozenset[Value] = frozenset()
    sent: frozenset[Value] = frozenset()
    secrets: tuple[int, int] = (0, 0)
    copies: tuple[int, int] = (0, 0)
    change_sets: tuple[str, str] = ("", "")

    @property
    def is_refused(self) -> bool:
        """Whether CloudFront sends a key that the API refuses."""
        return not self.sent <= self.accepted

    def secret(self, key: str) -> Value:
        """Return the newest value of a key."""
        return key, self.secrets[KEYS.index(key)]

    def copy(self, key: str) -> Value:
        """Return what another region reads as the value of a key."""
        return key, self.copies[KEYS.index(key)]


class Case(NamedTuple):
    """The input of a block's decision.

    Attributes:
        step: ``api``, ``frontend`` or ``value``.
        new: what is to be deployed, or the key that is to have a new value.
        api, frontend: status and value of the stack.
        is_copied: whether the newest value of the key ``new`` has been copied; None where there is no copy.
    """

    step: str
    new: str
    api: tuple[str, str]
    frontend: tuple[str, str]
    is_copied: bool | None = True


def case(step: str, new: str, state: State) -> Case:
    """Return what the block sees that is asked to do a step."""
    copied: bool | None = True
    if step == "frontend":
        copied = state.copy(new) == state.secret(new) if state.copy(new)[1] else None
    return Case(step, new, state.api[:2], state.frontend[:2], copied)


Allows = Callable[[Case], bool]


def steps(state: State) -> Iterator[tuple[str, str, State]]:
    """Yield what a person may try: step, what with, and the state when it has begun."""
    if state.api.status in AT_REST:
        for value in ("a", "b", "both"):
            yield "api", value, state._replace(api=_begun(state.api, value))
    if state.frontend.status in AT_REST:
        for value in KEYS:
            yield "frontend", value, state._replace(frontend=_begun(state.frontend, value))
    for number, key in enumerate(KEYS):
        if 0 < state.secrets[number] < VALUES:
            yield (
                "value",
                key,
                state._replace(secrets=_with(state.secrets, number, state.secrets[number] + 1)),
            )


def _begun(stack: Stack, value: str) -> Stack:
    return Stack("UPDATE_IN_PROGRESS" if stack.value else "CREATE_IN_PROGRESS", value, stack.value)


def _with(pair: tuple[T, T], number: int, new: T) -> tuple[T, T]:
    return (new, pair[1]) if number == 0 else (pair[0], new)


def events(state: State) -> Iterator[tuple[str, State]]:
    """Yield what AWS may do next, with the state afterwards."""
    for number, key in enumerate(KEYS):
        if state.copies[number] != state.secrets[number]:
            copies = _with(state.copies, number, state.secrets[number])
            yield f"secret {key} is copied", state._replace(copies=copies)
    for after in _api(state):
        yield f"api: {after.api.status}", after
    for after in _frontend(state):
        yield f"frontend: {after.frontend.status}", after


def _api(state: State) -> Iterator[State]:
    """Yield the next states of an operation on the api stack."""
    api = state.api
    accepted, accepted_before = ACCEPTED[api.value], ACCEPTED[api.before]
    secrets = state.secrets if api.before else (1, 1)  # generated
    with_secrets = state._replace(secrets=secrets)
    created = state.accepted | {with_secrets.secret(key) for key in accepted - accepted_before}
    kept = frozenset(value for value in state.accepted if value[0] in accepted)
    remaining = frozenset(value for value in state.accepted if value[0] in accepted_before)
    match api.status:
        case "CREATE_IN_PROGRESS":
            yield with_secrets._replace(accepted=created, api=Stack("CREATE_COMPLETE", api.value))
            yield state._replace(api=Stack("ROLLBACK_COMPLETE", api.value))
        case "ROLLBACK_COMPLETE":  # a person deletes what is left, and may begin again
            yield state._replace(api=Stack())
        case "UPDATE_IN_PROGRESS":
            cleaning = api._replace(status="UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
            yield state._replace(accepted=created, api=cleaning)
            back = api._replace(status="UPDATE_ROLLBACK_IN_PROGRESS")
            yield state._replace(api=back)
            yield state._replace(accepted=created, api=back)
        case "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS":
            yield state._replace(accepted=kept, api=Stack("UPDATE_COMPLETE", api.value))
            # What cannot be deleted stays, and the update is complete all the same.
            yield state._replace(api=Stack("UPDATE_COMPLETE", api.value))
        case "UPDATE_ROLLBACK_IN_PROGRESS":
            yield state._replace(accepted=remaining, api=Stack("UPDATE_ROLLBACK_COMPLETE", api.before))
            yield state._replace(api=api._replace(status="UPDATE_ROLLBACK_FAILED"))
        case "UPDATE_ROLLBACK_FAILED":  # a person continues the rollback
            yield state._replace(api=api._replace(status="UPDATE_ROLLBACK_IN_PROGRESS"))


def _frontend(state: State) -> Iterator[State]:
    """Yield the next states of an operation on the frontend stack."""
    frontend = state.frontend
    new = state.copy(frontend.value) if frontend.value else ("", 0)
    match frontend.status:
        case "CREATE_IN_PROGRESS":
            yield state._replace(sent=frozenset(), frontend=Stack("ROLLBACK_COMPLETE", frontend.value))
            if state.sent:
                yield state._replace(frontend=Stack("CREATE_COMPLETE", frontend.value))
            elif new[1]:
                yield state._replace(sent=frozenset({new}))
        case "ROLLBACK_COMPLETE":
            yield state._replace(frontend=Stack())
        case "UPDATE_IN_PROGRESS":
            back = frontend._replace(status="UPDATE_ROLLBACK_IN_PROGRESS")
            yield state._replace(frontend=back)
            if frontend.value == frontend.before:  # something else has changed, and not the distribution
                yield state._replace(frontend=Stack("UPDATE_COMPLETE", frontend.value))
            if new[1]:
                on_the_way = frontend._replace(status="UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
                yield state._replace(sent=state.sent | {new}, frontend=on_the_way)
                yield state._replace(sent=state.sent | {new}, frontend=back)
        case "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS":
            last = frozenset(value for value in state.sent if value[0] == frontend.value)
            newest = max(last)
            yield state._replace(sent=frozenset({newest}), frontend=Stack("UPDATE_COMPLETE", frontend.value))
        case "UPDATE_ROLLBACK_IN_PROGRESS":
            old = state.copy(frontend.before)
            yield state._replace(
                sent=frozenset({old}), frontend=Stack("UPDATE_ROLLBACK_COMPLETE", frontend.before)
            )
            yield state._replace(frontend=frontend._replace(status="UPDATE_ROLLBACK_FAILED"))
        case "UPDATE_ROLLBACK_FAILED":
            yield state._replace(frontend=frontend._replace(status="UPDATE_ROLLBACK_IN_PROGRESS"))


class Walk(NamedTuple):
    """All that can be reached.

    Attributes:
        refused: the shortest way to a state in which the API refuses CloudFront's key; empty if none is.
        next: state -> the states that can follow it.
        cases: what the blocks were asked.
    """

    refused: list[str]
    next: dict[State, list[State]]
    cases: set[Case]


def walk(allows: Allows, checked_early: bool = False) -> Walk:
    """Visit every state that a person and AWS can reach, in whatever order.

    Args:
        allows: what the blocks decide.
        checked_early: a change set is checked when it is created, and may be executed at any time afterwards.
            It is gone when the stack is changed in another way.
    """
    start = State()
    came: dict[State, tuple[State, str]] = {}
    following: dict[State, list[State]] = {}
    cases: set[Case] = set()
    waiting = deque([start])
    while waiting:
        state = waiting.popleft()
        if state.is_refused:
            return Walk(_way(state, came), following, cases)
        following[state] = []
        following_states = list(events(state))
        for step, new, begun in steps(state):
            if checked_early and step != "value":
                number = ("api", "frontend").index(step)
                if state.change_sets[number] == new:
                    waits = _with(state.change_sets, number, "")
                    following_states.append((f"{step} {new}", begun._replace(change_sets=waits)))
                begun = state._replace(change_sets=_with(state.change_sets, number, new))
                step_in_words = f"change set: {step} {new}"
            else:
                step_in_words = f"{step} {new}"
            question = case(step, new, state)
            cases.add(question)
            if allows(question):
                following_states.append((step_in_words, begun))
        for what, after in following_states:
            following[state].append(after)
            if after not in came and after != start:
                came[after] = state, what
                waiting.append(after)
    return Walk([], following, cases)


def _way(state: State, came: dict[State, tuple[State, str]]) -> list[str]:
    way = []
    while state in came:
        state, what = came[state]
        way.append(what)
    return way[::-1]
