"""Tables of words, and the nearest of them."""

from cfn_analysis.rules.support.words import did_you_mean, nearest, words

ATTRIBUTES = words("""
    routing.http2.enabled waf.fail_open.enabled
    idle_timeout.timeout_seconds
""")


def test_a_table_is_read_across_its_lines() -> None:
    """A line break separates words."""
    assert ATTRIBUTES == ("routing.http2.enabled", "waf.fail_open.enabled", "idle_timeout.timeout_seconds")


def test_the_nearest_word() -> None:
    """The most similar word is returned, or none if none is similar enough."""
    assert nearest("idle_timeout.seconds", ATTRIBUTES) == "idle_timeout.timeout_seconds"
    assert nearest("idle_timeout.seconds", ATTRIBUTES, cutoff=0.99) == ""
    assert did_you_mean("waf.fail.enabled", ATTRIBUTES) == " Did you mean waf.fail_open.enabled?"
    assert did_you_mean("", ATTRIBUTES) == ""
