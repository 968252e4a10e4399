"""``prices``: the file of the package, and wrong files."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from csr_templates.costs import prices as saved
from csr_templates.costs.billing import TYPES
from csr_templates.costs.prices import FILE, Prices, PricesError


def test_every_price_has_a_source_and_a_date(prices: Prices) -> None:
    """The sources are those of the file, and the date of the file is that of the oldest price."""
    for item in prices.items.values():
        assert item.prices, item.key
        for price in item.prices.values():
            names = price.source.partition(" (")[0].split(", ")
            assert set(names) <= set(prices.sources), item.key
            assert date(2026, 11, 29) <= prices.date <= price.date


def test_every_item_is_used(prices: Prices) -> None:
    """A price that nothing uses would age unnoticed."""
    code = "".join(path.read_text("utf-8") for path in FILE.parent.glob("*.py"))
    used = set().union(*(billing.usage for billing in TYPES.values()))
    computed = (
        "aurora-mysql-",
        "api-cache-",
        "lambda-provisioned-concurrency",
        "health-check",
        "alarm-metrics",
    )
    for key in prices.items:
        assert key in used or f'"{key}"' in code or key.startswith(computed), key


def test_writing_what_was_read_changes_nothing(prices: Prices) -> None:
    """So a refresh changes only the lines of new prices."""
    assert saved.as_json(prices) == FILE.read_text("utf-8")


def test_prices_in_words() -> None:
    """No exponents, at least two decimals, and half a cent is rounded up."""
    assert saved.price_text(Decimal("5E-7")) == "0.0000005"
    assert saved.price_text(Decimal("3")) == "3.00"
    assert saved.price_text(Decimal("0.0620000000")) == "0.062"
    assert saved.cents(Decimal("2.345")) == Decimal("2.35")


ITEM = {
    "name": "Key",
    "service": "awskms",
    "usageType": "{region}-KMS-Keys",
    "unit": "Keys",
    "prices": {"us-east-1": {"tiers": [["0", "1"]], "source": "S1", "date": "2026-11-29"}},
}


def written(folder: Path, text: str) -> Path:
    """Write a file."""
    path = folder / "prices.json"
    path.write_text(text, "utf-8")
    return path


def document(**changes: Any) -> str:
    """Return a file with one item."""
    return json.dumps({"sources": {}, "items": {"kms-keys": {**ITEM, **changes}}})


def tiers(*pairs: list[str]) -> dict[str, Any]:
    """Return prices with tiers: where each begins, and the price there."""
    return {"us-east-1": {"tiers": [*pairs], "source": "S1", "date": "2026-11-29"}}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[", "it is not JSON"),
        ("[]", "it does not have the form of the package's prices.json"),
        (document(prices={}), "no item has a price"),
        (document(unit=None, prices={"us-east-1": {}}), "items.kms-keys: KeyError: 'tiers'"),
        (
            document(prices=tiers(["10", "1"])),
            "items.kms-keys: ValueError: tiers must begin with 0 and ascend",
        ),
        (
            document(prices=tiers(["0", "1"], ["50", "3"], ["10", "2"])),
            "items.kms-keys: ValueError: tiers must begin with 0 and ascend",
        ),
        (document(prices=tiers(["0", "one"])), "items.kms-keys: InvalidOperation"),
    ],
)
def test_a_wrong_file(text: str, reason: str, tmp_path: Path) -> None:
    """The message shows the file, and the item."""
    path = written(tmp_path, text)

    with pytest.raises(PricesError) as error:
        saved.read(path)
    assert str(error.value).startswith(f"Cannot read {path.as_posix()}: ")
    assert reason in str(error.value)


def test_a_missing_file(tmp_path: Path) -> None:
    """The message shows why."""
    with pytest.raises(PricesError, match="No such file or directory"):
        saved.read(tmp_path / "none.json")


def test_a_small_file_is_read(tmp_path: Path) -> None:
    """Filters and free amounts can be missing."""
    prices = saved.read(written(tmp_path, document()))

    item = prices.items["kms-keys"]
    assert (item.filters, item.free, item.is_global) == ({}, 0, False)
    assert prices.tiers("kms-keys", "us-east-1") == ((Decimal(0), Decimal(1)),)
    assert prices.tiers("kms-keys", "eu-west-1") == prices.tiers("none", "us-east-1") == ()
