"""docs/recovery.md: its commands, in its order, bring back what was lost, and no data is lost on the way.

The commands are read from the blocks of the page, and run by ``csr-operate``. moto has the resources, and the
drill's model of CloudFormation the stacks.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from csr_templates.operating import environment
from tests.csr_templates.operating import databases, moto_rds
from tests.csr_templates.operating.conftest import OUT, Operator, Run, isolate, opened
from tests.csr_templates.operating.stacks import CloudFormation
from tests.docs.pages import CHOSEN_SNAPSHOT, OPERATIONS, RECOVERY, Block, filled, read
from tests.system import STACK_NAMES

from .model import Model

CLUSTER: Final = "csr-lambda-api-prod-aurora-cluster"
CHOSEN_TIME: Final = "2026-11-25T10:30:00+09:00"
"""After the creation of the cluster in the account, so that it can be restored."""
REGION: Final = "ap-northeast-1"
CHECK_INSTANCE: Final = "csr-lambda-api-prod-restored"
STACKS: Final = {"Network": "network", "Database": "database", "API": "api", "Frontend": "frontend"}
"""Section of the page -> the stack that it recovers."""


class Administrator:
    """Follows the page: types the calls of its blocks, and enters what they leave to choose.

    Attributes:
        operator: runs the calls.
        chosen: word in capitals -> its value; the change set is that of the last plan-deploy.
    """

    def __init__(self, operator: Operator) -> None:
        self.operator = operator
        self.chosen = {"SNAPSHOT": CHOSEN_SNAPSHOT, "TIME": CHOSEN_TIME}

    def follow(self, section: str, *, only: str = "", page: Path = RECOVERY) -> list[Run]:
        """Type the calls of the blocks of a section; each must succeed.

        Args:
            section: a heading.
            only: part of the calls that are typed; by default all are.
            page: the page.
        """
        runs = []
        for block in read(page).shell():
            if section == block.section:
                runs += [self.type(call) for call in calls_of(block) if only in f"{call} "]
        assert runs, f"{page.name} has no such calls in {section}."
        return runs

    def type(self, call: str) -> Run:
        """Type a call, and the name that it asks for."""
        _, _, *arguments = shlex.split(filled(call, **self.chosen))
        run = self.operator.run(*arguments)
        if asks := re.search(r"Add --confirm (\S+)$", "\n".join(run.err), re.MULTILINE):
            run = self.operator.run(*arguments, "--confirm", asks[1])
        assert (run.status, run.err) == (0, []), (call, run.out, run.err)
        if planned := re.search(r"run-changes (arn:\S+)$", "\n".join(run.out), re.MULTILINE):
            self.chosen["CHANGE_SET"] = planned[1]
        return run


def calls_of(block: Block) -> list[str]:
    """Return the calls of ``csr-operate`` in a block."""
    return [line for line in block.code.splitlines() if line.startswith("csr-operate ")]


@pytest.fixture
def model() -> Model:
    """The stacks of production."""
    return Model(environment.read(OUT, "prod"))


@pytest.fixture
def administrator(model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Administrator]:
    """Someone who recovers what the model loses."""
    isolate(monkeypatch)
    with opened(model, tmp_path) as world:
        world.create_artifacts()
        yield Administrator(Operator(world, monkeypatch))


def recover(administrator: Administrator, section: str, *, version: str = "") -> None:
    """Follow the section of a stack, up to what follows each stack.

    Args:
        administrator: who follows it.
        section: the section.
        version: of the package; by default the one that show-deleted-stacks shows.
    """
    stack = STACKS[section]
    administrator.chosen["STACK"] = stack
    (deleted,) = administrator.follow("A stack was deleted", only="show-deleted-stacks")
    template = administrator.operator.world.environment.stack(stack).template
    (row,) = [line for line in deleted.out if f" {template} " in line]
    if stack == "api":
        administrator.chosen["VERSION"] = version or row.split(str(template))[0].split()[-1]
    administrator.follow(section)


def test_all_four_stacks_are_recovered(administrator: Administrator, model: Model) -> None:
    """After the last step, nothing is missing, and nothing is left to do."""
    model.lose(administrator.operator.world.client, "network", "frontend")
    assert model.gone == tuple(reversed(STACK_NAMES))

    administrator.follow("Before you begin")
    administrator.follow("A stack was deleted", only="show-leftovers")
    for section, stack in STACKS.items():
        recover(administrator, section)
        if section == "Database":
            assert any(CHECK_INSTANCE in line for line in model.unfinished())
            administrator.follow("Fail over to the stack")
            assert not any(CHECK_INSTANCE in line for line in model.unfinished())
        is_unprotected = f"{stack}: termination protection or stack policy is missing" in model.unfinished()
        assert is_unprotected is (stack != "network")  # its section ends with protect
        administrator.follow("After each stack")
    assert any("has no subscription" in line for line in model.unfinished())
    administrator.follow("Subscribe", only=" subscribe ", page=OPERATIONS)

    assert (model.wrong(), model.unfinished()) == ([], [])


def test_the_site_follows_a_recovered_api(administrator: Administrator, model: Model) -> None:
    """The frontend, which was not lost, leads to the new API after its next deploy."""
    model.lose(administrator.operator.world.client, "api")
    assert model.gone == ("api",)

    recover(administrator, "API")
    administrator.follow("After each stack")
    assert any("does not lead to the API" in line for line in model.unfinished())
    administrator.chosen["API_ID"] = model.output("api", "ApiGatewayId")
    administrator.follow("The new ID of the API")
    administrator.follow("Subscribe", only=" subscribe ", page=OPERATIONS)

    assert (model.wrong(), model.unfinished()) == ([], [])


def test_another_package_than_the_last_one_is_noticed(administrator: Administrator, model: Model) -> None:
    """What is left to do is found: this also shows that the tests above could fail."""
    model.lose(administrator.operator.world.client, "api")

    another = administrator.operator.world.put_package(b"another one")

    recover(administrator, "API", version=another)

    assert any(f"has package {another}, not" in line for line in model.unfinished())
    assert "api: termination protection or stack policy is missing" in model.unfinished()


def step(number: int) -> str:
    """Return the heading of a step of a restore."""
    (heading,) = [title for _, title in read(RECOVERY).headings if title.startswith(f"Step {number}: ")]
    return heading


@pytest.fixture
def damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Administrator]:
    """An administrator whose stacks work, and whose data is damaged."""
    isolate(monkeypatch)
    with opened(CloudFormation(environment.read(OUT, "prod")), tmp_path) as world:
        databases.deploy(world)
        world.create_api()
        world.start_web()
        yield Administrator(Operator(world, monkeypatch))


def test_the_restored_cluster_takes_the_place_of_the_damaged_one(damaged: Administrator) -> None:
    """The steps of the page in their order; the endpoints stay those in the outputs of the stack."""
    world = damaged.operator.world
    instances = databases.clusters(world)[CLUSTER]

    damaged.follow(step(1))
    damaged.follow(step(2), only="restored --time")
    moto_rds.share_endpoint(REGION)
    damaged.follow(step(3))
    damaged.follow(step(5))
    assert set(databases.clusters(world)) == {CLUSTER, f"{CLUSTER}-old"}
    damaged.follow(step(6))
    damaged.follow(step(7))

    assert databases.clusters(world) == {CLUSTER: instances}
    (cluster,) = world.client("rds").describe_db_clusters(DBClusterIdentifier=CLUSTER)["DBClusters"]
    assert cluster["Endpoint"] == world.stacks.stacks["database"].outputs["DatabaseClusterEndpoint"]
    assert cluster["AutoMinorVersionUpgrade"] is False


def test_a_rehearsal_leaves_nothing(damaged: Administrator) -> None:
    """It ends at step 4, and does not stop the API."""
    world = damaged.operator.world
    before = databases.clusters(world)

    damaged.follow(step(2), only="restored --time")
    damaged.follow(step(3))
    damaged.follow(step(4))

    assert databases.clusters(world) == before
