"""``source_lines``: the lines of a module that create resources."""

import pytest

from cfn_analysis.model.source_lines import candidate_lines, line_of, logical_id_lines

MODULE = """\
x = "Vpc"
f(name="Vpc")
f(1, "Vpc")
f(
    "Vpc",
)
f("Vpc")
g(h("Inner"))
topics("NormalTopic", "CriticalTopic", "a text", x)
for title, key in (("KeyA", 1), ["KeyB", 2]):
    f(title, f"{x}-queue")
f(f"Nat{x}Alarm", f"Nat{x}LongerAlarm")
f("Deployment")
principal("*")
"""


def test_line_of_a_logical_id_is_that_of_its_literal() -> None:
    """The first call whose first argument is the text counts, on whichever line the text itself is."""
    lines = logical_id_lines(MODULE)

    assert (lines["Vpc"], lines["Inner"]) == (5, 8)
    assert not {"CriticalTopic", "KeyA", "a text"} & lines.keys()


@pytest.mark.parametrize(
    ("logical_id", "line"),
    [
        ("CriticalTopic", 9),
        ("KeyA", 10),
        ("KeyB", 10),
        ("Nat1Alarm", 12),
        ("Nat1LongerAlarm", 12),
        ("Deploymentb85ec0a4a74d9727", 13),
        ("Deploymentb85", None),
        ("Jobs-queue", None),
        ("Elsewhere", None),
    ],
)
def test_line_of_a_computed_logical_id(logical_id: str, line: int | None) -> None:
    """Arguments of helper functions, items of a loop, f-strings and IDs with a hash are found, too."""
    assert line_of(logical_id, candidate_lines(MODULE)) == line
