"""For each command, what it finds in the account and its arguments, so that every call of it is made."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from .world import World

CLUSTER: Final = "csr-lambda-api-prod-aurora-cluster"


class Scenario(NamedTuple):
    """A call of a command that succeeds.

    Attributes:
        arguments: those of the command.
        prepare: each creates something in the account.
    """

    arguments: Sequence[str]
    prepare: Sequence[Callable[[World], None]]


def _failed_create(world: World) -> None:
    world.stacks.stacks["api"].status = "ROLLBACK_COMPLETE"


SCENARIOS: Final[Mapping[str, Scenario]] = {
    "show-state": Scenario((), (World.create_function, World.create_site)),
    "show-stacks": Scenario((), ()),
    "roll-back": Scenario(("1",), (World.create_function,)),
    "stop-api": Scenario((), (World.create_api,)),
    "start-api": Scenario((), (World.create_api,)),
    "repeat-password": Scenario((), (World.create_database,)),
    "delete-failed-create": Scenario(
        ("api", "--confirm", "csr-lambda-api-prod-api"),
        (_failed_create,),
    ),
    "new-password": Scenario(("--confirm", CLUSTER), (World.create_database,)),
    "restore-password": Scenario(("--confirm", CLUSTER), (World.create_database, World.change_password)),
}
