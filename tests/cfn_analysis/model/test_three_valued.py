"""Answers that can be unknown."""

from itertools import product

import pytest

from cfn_analysis.model.three_valued import NO, UNKNOWN, YES, Truth, all_of, any_of, truth_of


@pytest.mark.parametrize(("left", "right"), list(product(Truth, Truth)))
def test_unknown_counts_as_either(left: Truth, right: Truth) -> None:
    """A result is known if it is the same for every answer that an unknown operand can have."""
    possible = {
        (first, second)
        for first, second in product((NO, YES), (NO, YES))
        if left in (first, UNKNOWN) and right in (second, UNKNOWN)
    }

    def result(answers: set[bool]) -> Truth:
        return truth_of(answers.pop()) if len(answers) == 1 else UNKNOWN

    assert left & right is result({first is YES and second is YES for first, second in possible})
    assert left | right is result({first is YES or second is YES for first, second in possible})
    assert ~left is result({first is NO for first, _ in possible})
    assert all_of([left, right]) is left & right
    assert any_of([left, right]) is left | right


def test_no_operands() -> None:
    """All of nothing is true, and any of nothing is false."""
    assert all_of([]) is YES
    assert any_of([]) is NO


def test_an_answer_is_not_a_bool() -> None:
    """A person who forgets that an answer can be unknown gets an error, not a wrong branch."""
    with pytest.raises(TypeError, match="compare it with YES, NO or UNKNOWN"):
        bool(YES)


def test_words() -> None:
    """The text of an answer is the one in reports."""
    assert [str(answer) for answer in (NO, UNKNOWN, YES)] == ["false", "not known", "true"]
