"""The calls: whether AWS has these operations and keys."""

import importlib
import inspect
import json
import pkgutil
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from csr_templates.preflight import services
from csr_templates.preflight.calls import ApiCall
from csr_templates.preflight.checked_account import _given


def declared() -> dict[str, ApiCall]:
    """Return the calls of all services by their names."""
    calls: dict[str, ApiCall] = {}
    for module in pkgutil.iter_modules(services.__path__):
        if not module.name.endswith("_calls"):
            continue
        members = inspect.getmembers(importlib.import_module(f"{services.__name__}.{module.name}"))
        calls |= {f"{module.name}.{name}": member for name, member in members if isinstance(member, ApiCall)}
    return calls


DECLARED = declared()
NOT_IN_MODEL = {"400", "404", "NoSuchKey", "NoSuchVersion", "ValidationError"}
"""Error codes that AWS documents, but not for the operation in botocore's model."""


@pytest.mark.acceptance  # loads the models of all services
@pytest.mark.parametrize("call", DECLARED.values(), ids=DECLARED)
def test_aws_has_the_operation_and_its_keys(call: ApiCall) -> None:
    """The parameters are valid, and the kept keys and the errors exist in botocore's model of the service."""
    values = ["x" * 20 for _ in call.parameters.split()]
    query = call.query(*values) if call.region else call.query("eu-west-1", *values)
    model = botocore.session.get_session().get_service_model(query.service)
    operation = model.operation_model(query.operation)
    report = ParamValidator().validate(
        {name: _given(value) for name, value in query.parameters}, operation.input_shape
    )
    shape: Any = operation.output_shape
    for key in query.path.split("."):
        if key:
            shape = shape.members[key]
    shape = shape.member if shape.type_name == "list" else shape

    assert not report.has_errors(), report.generate_report()
    if query.keep and shape.type_name != "map":  # whose keys the model does not list
        assert set(query.keep) <= set(shape.members), json.dumps(list(shape.members))
    assert set(query.absent) <= {*NOT_IN_MODEL, *(error.error_code for error in operation.error_shapes)}
