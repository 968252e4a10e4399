"""The hand-over, walked through from an empty account: bootstrap, four stacks, protection, delete.

The commands are those of ``docs/hand-over.md``, run by bash; ``account`` says who plays what. What this
cannot show: how the handlers of the real CloudFormation call AWS, tags that arrive late, and the order in
which resources that depend on each other are created and deleted.
"""

import json
from collections.abc import Iterator
from itertools import product
from typing import Any, Final

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from csr_templates import STACKS
from tests.docs.conftest import require_programs
from tests.docs.pages import HAND_OVER, Block, read

from .account import ACCOUNT, PROJECT, Account, Rights
from .world import TOKYO, Session, Terminal, opened

BLOCKS = read(HAND_OVER).shell()
NAMES = [stack.name for stack in STACKS]
REGIONS = {stack.name: stack.region for stack in STACKS}


def chapter(title: str) -> list[Block]:
    """Return the blocks of a chapter of the page."""
    return [block for block in BLOCKS if block.chapter == title]


def only(text: str) -> Block:
    """Return the block that has a text."""
    (block_with_text,) = [block for block in BLOCKS if text in block.text]
    return block_with_text


START = chapter("Before the first command")
CREATE, SWITCH = only("aws cloudformation create-stack "), only("policies=''")
LIMITS, TEMPLATE = only("parameters=''"), only("'map({ParameterKey, UsePreviousValue: true})'")
SNAPSHOT = only("create-db-cluster-snapshot")
LEFT, PACKAGE = only("left_version() {"), only("kept=package-")
PROTECT = only("update-termination-protection")
FIRST, COMPARE = only("read -r region template file"), only("aws cloudformation deploy ")
CHECK, EXECUTE = only("origin_key() {"), only("aws cloudformation execute-change-set")
DELETE: Final = """
aws cloudformation update-termination-protection --region {region} --stack-name {name} \
  --no-enable-termination-protection
aws cloudformation delete-stack --region {region} --stack-name {name}
aws cloudformation wait stack-delete-complete --region {region} --stack-name {name}
"""


def typed(command: str, *stacks: str, prefix: str = "") -> Block:
    """Return commands that no page has as one block, for each of some stacks."""
    return Block(
        "",
        0,
        "sh",
        "".join(command.format(region=REGIONS[stack], name=f"{prefix}{PROJECT}-{stack}") for stack in stacks),
    )


@pytest.fixture(scope="module")
def terminal(
    production: dict[str, dict[str, Any]],
    built: dict[str, BuiltStack],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Terminal]:
    """A shell whose ``aws`` talks to an empty account."""
    require_programs()
    with opened(production, tmp_path_factory.mktemp("account"), Account) as started:
        account = started.world
        assert isinstance(account, Account)
        account.empty(built)
        yield started


def deploy_roles() -> list[str]:
    """Return the names of the roles that deploy the stacks."""
    kinds = product(NAMES, ("pipeline", "service"))
    return sorted(f"deploy-{PROJECT}-{stack}-{kind}" for stack, kind in kinds)


class Walk:
    """What is done in the account, and by whom."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        assert isinstance(terminal.world, Account)
        self.account = terminal.world

    def by_administrator(self, *blocks: Block, **chosen: str) -> Session:
        """Type blocks with an administrator's rights."""
        return self._typed("", blocks, chosen)

    def by_pipeline(self, of: str, *blocks: Block, stack: str = "") -> Session:
        """Type blocks for a stack with the rights of its pipeline, or of another stack's."""
        return self._typed(f"deploy-{PROJECT}-{of}-pipeline", blocks, {"stack": stack or of})

    def _typed(self, caller: str, blocks: tuple[Block, ...], chosen: dict[str, str]) -> Session:
        self.account.caller = caller
        return self._terminal.continued([START[0], *blocks], environment="prod", **chosen)

    def deploy(self, stack: str, *, again: bool = False) -> Session:
        """Deploy a stack as on the page."""
        package = [CHECK, LEFT, PACKAGE] if stack == "api" else []
        snapshot = [SNAPSHOT] if stack == "database" and again else []
        return self.by_pipeline(stack, FIRST, *package, COMPARE, CHECK, *snapshot, EXECUTE, PROTECT)

    def policies(self, value: str) -> None:
        """Update the bootstrap stacks, with ``DeletePolicies`` attached or detached."""
        done = self.by_administrator(SWITCH, policies=value)
        assert (done.status, done.err) == (0, "")

    def roles(self) -> list[str]:
        """Return the names of the deploy roles that there are."""
        roles = self.account.client("iam", TOKYO).list_roles()["Roles"]
        return sorted(role["RoleName"] for role in roles if role["RoleName"].startswith("deploy-"))

    def buckets(self) -> list[str]:
        """Return the names of the buckets that there are."""
        return [bucket["Name"] for bucket in self.account.client("s3", TOKYO).list_buckets()["Buckets"]]


def test_from_an_empty_account_and_back(terminal: Terminal) -> None:
    """Each command is allowed to the role that gives it, and each handler's call to the service role."""
    walk = Walk(terminal)
    account = walk.account
    assert (walk.roles(), walk.buckets()) == ([], [])

    created = walk.by_administrator(*START[1:], CREATE)

    assert created.err == ""
    assert walk.roles() == deploy_roles()
    assert walk.buckets() == [
        f"{PROJECT}-artifacts-{ACCOUNT}-{region}" for region in dict.fromkeys(REGIONS.values())
    ]

    again = walk.by_administrator(*START[1:], CREATE)  # after a failure, it omits what exists
    assert (again.status, again.err) == (0, "")

    bootstrap = account.stacks[REGIONS["api"], f"deploy-{PROJECT}-api"]
    current, values = bootstrap.template, bootstrap.parameters
    bootstrap.template = {**current, "Description": "of an older commit"}
    updated = walk.by_administrator(TEMPLATE, stack="api")
    assert (updated.status, updated.err) == (0, "")
    assert (bootstrap.template, bootstrap.parameters) == (current, values)
    unchanged = walk.by_administrator(TEMPLATE, stack="api")
    assert "No updates are to be performed." in unchanged.err

    domain = {"CustomDomainName": "www.example.com", "HostedZoneId": "Z1"}
    before = dict(account.stacks[REGIONS["frontend"], f"deploy-{PROJECT}-frontend"].parameters)
    limited = walk.by_administrator(LIMITS, stack="frontend", parameters=json.dumps(domain))
    assert (limited.status, limited.err) == (0, "")
    after = account.stacks[REGIONS["frontend"], f"deploy-{PROJECT}-frontend"].parameters
    assert after == {**before, **domain}

    stranger = walk.by_pipeline("network", FIRST, COMPARE, stack="database")
    assert f"{PROJECT}-network-pipeline may not s3:GetObject on arn:aws:s3:::" in stranger.err

    for stack in NAMES:
        done = walk.deploy(stack)
        assert (done.status, done.err) == (0, ""), done.err
    done = walk.deploy("database", again=True)
    assert (done.status, done.err) == (0, "")
    stacks = [account.stacks[REGIONS[stack], f"{PROJECT}-{stack}"] for stack in NAMES]
    assert account.denied == []
    assert [stack_of_account.status for stack_of_account in stacks] == [
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "CREATE_COMPLETE",
        "CREATE_COMPLETE",
    ]
    assert all(
        stack_of_account.is_protected and '"Deny"' in stack_of_account.policy for stack_of_account in stacks
    )

    without = {stack.role.rpartition("/")[2]: Rights([], {}) for stack in stacks}
    rights = {role: account.rights(role) for role in without}
    account.known.update(without)
    for deployed_stack in stacks:
        account.handlers(deployed_stack, deleting=False)
    missed = {line.split()[0] for line in account.denied}
    assert (missed, len(account.denied) > 100) == (set(without), True)  # what is denied is noticed
    account.known.update(rights)
    account.denied.clear()

    walk.policies("detached")
    refused = walk.by_pipeline("network", typed(DELETE, "network"))
    assert f"{PROJECT}-network-pipeline may not cloudformation:DeleteStack" in refused.err
    walk.policies("attached")
    walk.policies("attached")  # does nothing
    for stack in reversed(NAMES):
        gone = walk.by_pipeline(stack, typed(DELETE, stack))
        assert (gone.status, gone.err) == (0, ""), stack
    assert not [name for _, name in account.stacks if not name.startswith("deploy-")]

    assert walk.by_administrator(typed(DELETE, *NAMES, prefix="deploy-")).err == ""
    assert walk.roles() == []
    assert f"{PROJECT}-artifacts-{ACCOUNT}-{TOKYO}" in walk.buckets()  # what was deployed stays readable

    assert account.denied == []
    assert sorted(account.judged) == deploy_roles()
    assert min(len(set(actions)) for actions in account.judged.values()) >= 10
