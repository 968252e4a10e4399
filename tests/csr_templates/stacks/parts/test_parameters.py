"""Common parameters of several templates."""

import pytest

from csr_templates.stacks.parts import parameters


@pytest.mark.parametrize(
    ("names", "constraint"),
    [(["test", "trial", "live"], "must be test, trial or live"), (["live"], "must be live")],
)
def test_environments_of_another_project(names: list[str], constraint: str) -> None:
    """The last environment is production, and so the default."""
    parameter = parameters.environment(names)

    assert parameter.AllowedValues == names
    assert parameter.Default == "live"
    assert parameter.ConstraintDescription == constraint
