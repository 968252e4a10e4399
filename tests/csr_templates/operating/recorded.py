"""The calls of a command: recorded, answered where moto has no such operation, and made to fail."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from .stacks import AwsError, CloudFormation

NOT_IN_MOTO: Final = {
    "apigateway FlushStageCache": "moto does not have it",
    "cloudformation": "moto creates no DBCluster, Alias, UsagePlan or Distribution, and the model is tested "
    "with the templates; its import takes seconds",
}
"""Service or operation that is answered here -> why."""

# What a fault of one kind looks like.
FAULTS: Final[Mapping[str, Callable[[], Exception]]] = {
    "denied": lambda: AwsError("AccessDeniedException", "User: x is not authorized to perform: y", 403),
    "throttled": lambda: AwsError("ThrottlingException", "Rate exceeded", 400),
    "not found": lambda: AwsError("ResourceNotFoundException", "It does not exist", 404),
    "time-out": lambda: ReadTimeoutError(endpoint_url="https://aws.example.com"),
    "no connection": lambda: EndpointConnectionError(endpoint_url="https://aws.example.com"),
}


class Call(NamedTuple):
    """A call that was made."""

    service: str
    operation: str
    region: str
    parameters: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Service and operation: ``rds:ModifyDBCluster``."""
        return f"{self.service}:{self.operation}"


class _Http(NamedTuple):
    status_code: int


class Recorder:
    """Sees every call of the sessions that it is registered with.

    Attributes:
        made: the calls in their order.
        failing: service and operation, such as ``rds:ModifyDBCluster`` -> the fault of its next call.
    """

    def __init__(self, stacks: CloudFormation) -> None:
        self.stacks = stacks
        self.made: list[Call] = []
        self.failing: dict[str, BaseException] = {}

    def register(self, session: Any) -> None:
        """See the calls of all clients that the session creates later."""
        session.events.register("before-parameter-build", self._remember)
        session.events.register_last("before-call", self._answer)  # after a dry run has kept a call back

    def _remember(self, params: Any, context: Any, **_: Any) -> None:
        context["given"] = dict(params)

    def _answer(self, model: Any, context: Any, **_: Any) -> Any:
        service = model.service_model.service_name
        call = Call(service, model.name, context["client_region"], context["given"])
        self.made.append(call)
        try:
            if error := self.failing.pop(call.name, None):
                raise error
            if service in NOT_IN_MOTO or f"{service} {model.name}" in NOT_IN_MOTO:
                return _Http(200), {**self._recorded(call), "ResponseMetadata": {}}
        except AwsError as error:
            answer = {"Error": {"Code": error.code, "Message": error.message}, "ResponseMetadata": {}}
            return _Http(error.status), answer
        return None

    def _recorded(self, call: Call) -> dict[str, Any]:
        if call.service == "cloudformation":
            return self.stacks.answer(call.operation, call.parameters, call.region)
        return {}
