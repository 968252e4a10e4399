"""``source_lines``: where the code of a stack creates its resources."""

from __future__ import annotations

from csr_templates.cloudformation.source_lines import logical_id_lines


def test_line_of_a_logical_id_is_that_of_its_literal() -> None:
    """The first call whose first argument is the text counts, on whichever line the text itself stands."""
    module = (
        'x = "Vpc"\nf(name="Vpc")\nf(1, "Vpc")\nf(f"{x}Vpc")\nf(\n    "Vpc",\n)\nf("Vpc")\ng(h("Inner"))\n'
    )

    assert logical_id_lines(module) == {"Vpc": 6, "Inner": 9}
