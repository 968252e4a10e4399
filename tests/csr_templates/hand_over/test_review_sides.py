"""The sides of a review that are output folders."""

from pathlib import Path

import pytest

import csr_templates
from csr_templates.hand_over import review_sides

OUT = Path(__file__).parents[3] / "out"


def test_the_path_of_a_folder_is_a_path_or_a_string() -> None:
    """Both name the same side, and a folder that cannot be read is named as it was written."""
    assert csr_templates.review(str(OUT), OUT).judgments == []
    with pytest.raises(csr_templates.ReviewError, match="no-such-folder"):
        csr_templates.review("no-such-folder", review_sides.folder(OUT))
