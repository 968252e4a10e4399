"""Common parameters of several templates."""

import pytest

from csr_templates.stacks.parts import parameters


@pytest.mark.parametrize(
    ("names", "constraint"),
    [(["test", "trial", "live"], "must be test, trial or live"), (["live"], "must be live")],
)
def test_environments_of_another_project(names: list[str], constraint: str) -> None:
    """The last environment is production, and so the default."""
    found = parameters.environment(names)

    assert (found.AllowedValues, found.Default, found.ConstraintDescription) == (names, "live", constraint)
