"""``refresh``: asks the Price List API, here a stub with answers in the form of ``GetProducts``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import NoCredentialsError
from botocore.stub import Stubber

from csr_templates.account.session import Account
from csr_templates.cli import folders
from csr_templates.cli import main as cli
from csr_templates.costs import prices as saved
from csr_templates.costs import refresh
from csr_templates.costs.prices import Item, Price, Prices
from csr_templates.costs.refresh import RefreshedPrices, RefreshError

TODAY = date(2027, 3, 1)
OLD = date(2026, 11, 29)
Dimension = tuple[str, str, str, str]  # beginning, end, price, unit


def product(
    usage_type: str,
    *dimensions: Dimension,
    sku: str = "SKU1",
    terms: Sequence[str] = ("JRTCKXETXF",),
    **attributes: str,
) -> str:
    """Return a product as the API returns it: a text with JSON, all numbers as text."""
    prices = {}
    for term in terms:
        price_dimensions = {
            f"{sku}.{term}.{number}": {
                "unit": unit,
                "beginRange": begin,
                "endRange": end,
                "pricePerUnit": {"USD": price},
            }
            for number, (begin, end, price, unit) in enumerate(dimensions)
        }
        prices[f"{sku}.{term}"] = {
            "priceDimensions": price_dimensions,
            "sku": sku,
            "offerTermCode": term,
        }
    facts = {"usagetype": usage_type, **attributes}
    return json.dumps({"product": {"attributes": facts, "sku": sku}, "terms": {"OnDemand": prices}})


def hours(price: str) -> Dimension:
    """Return the only tier of a price by the hour."""
    return "0", "Inf", price, "Hrs"


def item(
    key: str, usage_type: str, unit: str = "Hrs", region: str = "ap-northeast-1", **filters: str
) -> Item:
    """Return an item with the price 0.062 in a region."""
    price = Price(((Decimal(0), Decimal("0.062")),), "S1", OLD)
    return Item(key, key, "AmazonEC2", usage_type, unit, filters, 0, {region: price})


NAT = item("nat-gateway-hours", "NatGateway-Hours", productFamily="NAT Gateway")


class Api:
    """The Price List API, with answers for calls in their order."""

    def __init__(self) -> None:
        self.client = boto3.client(
            "pricing", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
        )
        self.stubber = Stubber(self.client)

    def answer(self, *pages: Sequence[str], filters: Sequence[Mapping[str, str]] | None = None) -> None:
        """Add the pages of an answer, and check the filters of the call."""
        for number, page in enumerate(pages):
            expected = None
            if filters is not None:
                expected = {"ServiceCode": "AmazonEC2", "Filters": [*filters]}
                if number:
                    expected["NextToken"] = f"page{number}"
            body: dict[str, Any] = {"FormatVersion": "aws_v1", "PriceList": [*page]}
            if number < len(pages) - 1:
                body["NextToken"] = f"page{number + 1}"
            self.stubber.add_response("get_products", body, expected)

    def refresh(self, *items: Item, new_regions: Sequence[str] = ()) -> RefreshedPrices:
        """Ask for the items, and check that every answer was used."""
        with self.stubber:
            prices = Prices({}, {item.key: item for item in items})
            refreshed = refresh.refresh(prices, self.client, TODAY, new_regions)
        self.stubber.assert_no_pending_responses()
        return refreshed


@pytest.fixture
def api() -> Iterator[Api]:
    """A stub of the API."""
    yield Api()


def test_a_new_price(api: Api) -> None:
    """The call has the filters of the item; the answer shows old and new, and gets the date of today."""
    filters = [
        {"Type": "TERM_MATCH", "Field": "productFamily", "Value": "NAT Gateway"},
        {"Type": "TERM_MATCH", "Field": "regionCode", "Value": "ap-northeast-1"},
        {"Type": "CONTAINS", "Field": "usagetype", "Value": "NatGateway-Hours"},
    ]
    api.answer([product("APN1-NatGateway-Hours", hours("0.0650000000"))], filters=filters)

    refreshed = api.refresh(NAT)
    assert refreshed.changes == ["nat-gateway-hours in ap-northeast-1: 0.062 -> 0.065"]
    assert (refreshed.unchanged, refreshed.absent, refreshed.problems) == (0, [], [])
    price = refreshed.prices.items["nat-gateway-hours"].prices["ap-northeast-1"]
    assert price == Price(((Decimal(0), Decimal("0.065")),), "API", TODAY)
    assert set(refreshed.prices.sources) == {"API"}


@pytest.mark.parametrize("usage_type", ["NatGateway-Hours", "USE1-NatGateway-Hours"])
def test_both_prefixes_of_a_region(usage_type: str, api: Api) -> None:
    """In us-east-1, some usage types have a prefix; a product whose name only ends alike is another one."""
    api.answer(
        [
            product("RegionalNatGateway-Hours", hours("0.09"), sku="OTHER"),
            product("USE1-RegionalNatGateway-Hours", hours("0.09"), sku="OTHER2"),
            product("NatGateway-Hours-Extra", hours("0.09"), sku="OTHER3"),
            product(usage_type, hours("0.0620000000")),
        ]
    )

    refreshed = api.refresh(item("nat-gateway-hours", "NatGateway-Hours", region="us-east-1"))
    assert (refreshed.changes, refreshed.unchanged, refreshed.problems) == ([], 1, [])


def test_both_prefixes_at_once_are_an_error(api: Api) -> None:
    """Neither is taken."""
    api.answer(
        [product(name, hours("0.05"), sku=name) for name in ("NatGateway-Hours", "USE1-NatGateway-Hours")]
    )

    refreshed = api.refresh(item("nat-gateway-hours", "NatGateway-Hours", region="us-east-1"))
    assert refreshed.problems == [
        "nat-gateway-hours in us-east-1: expected one product, found 2. NatGateway-Hours (NatGateway-Hours), "
        "USE1-NatGateway-Hours (USE1-NatGateway-Hours)"
    ]


def test_an_optimized_instance_beside_the_standard_one(api: Api) -> None:
    """The usage type of I/O-Optimized contains that of Standard, but is not it."""
    api.answer(
        [
            product("APN1-InstanceUsageIOOptimized:db.t3.medium", hours("0.1625"), sku="IO"),
            product("APN1-InstanceUsage:db.t3.medium", hours("0.1250000000")),
        ]
    )

    refreshed = api.refresh(item("aurora-mysql-db.t3.medium", "InstanceUsage:db.t3.medium"))
    assert refreshed.changes == ["aurora-mysql-db.t3.medium in ap-northeast-1: 0.062 -> 0.125"]


def test_tiers_in_reverse_order(api: Api) -> None:
    """They are sorted by their beginning as numbers, and the price of the first tier comes first."""
    tiers = [
        ("1000", "Inf", "0.02", "HostedZone"),
        ("25", "1000", "0.1000000000", "HostedZone"),
        ("0", "25", "0.5000000000", "HostedZone"),
    ]
    api.answer(
        [product("HostedZone", *tiers)],
        filters=[{"Type": "TERM_MATCH", "Field": "usagetype", "Value": "HostedZone"}],
    )

    refreshed = api.refresh(item("hosted-zones", "HostedZone", "HostedZone", "global"))
    assert refreshed.changes == ["hosted-zones in global: 0.062 -> 0.50, 0.10 from 25, 0.02 from 1,000"]
    assert [begin for begin, _ in refreshed.prices.tiers("hosted-zones", "us-east-1")] == [0, 25, 1000]


def test_answers_with_several_pages(api: Api) -> None:
    """A second product on the next page is an error too."""
    api.answer(
        [product("APN1-NatGateway-Hours", hours("0.05"), sku="A")],
        [product("APN1-NatGateway-Hours", hours("0.06"), sku="B")],
        filters=[
            {"Type": "TERM_MATCH", "Field": "productFamily", "Value": "NAT Gateway"},
            {"Type": "TERM_MATCH", "Field": "regionCode", "Value": "ap-northeast-1"},
            {"Type": "CONTAINS", "Field": "usagetype", "Value": "NatGateway-Hours"},
        ],
    )

    assert api.refresh(NAT).problems == [
        "nat-gateway-hours in ap-northeast-1: expected one product, found 2. APN1-NatGateway-Hours (A), "
        "APN1-NatGateway-Hours (B)"
    ]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ([], "expected one product, found 0."),
        (
            [product("APN1-NatGateway-Hours", ("0", "Inf", "1", "Month"))],
            "expected the unit Hrs, found Month.",
        ),
        (
            [product("APN1-NatGateway-Hours", hours("1"), terms=("A", "B"))],
            "expected one term on demand, found 2.",
        ),
        ([product("APN1-NatGateway-Hours", hours("1"), terms=())], "expected one term on demand, found 0."),
        ([product("APN1-NatGateway-Hours", hours("0.0000000000"))], "expected a price, found 0."),
        (
            [product("APN1-NatGateway-Hours", ("10", "Inf", "1", "Hrs"))],
            "expected tiers from 0 to Inf, found 10.",
        ),
        (
            [product("APN1-NatGateway-Hours", ("0", "10", "1", "Hrs"), ("20", "Inf", "2", "Hrs"))],
            "expected tiers from 0 to Inf, found 0, 20.",
        ),
        (
            [product("APN1-NatGateway-Hours", hours("1")).replace("USD", "CNY")],
            "the term does not have the documented form (KeyError('USD')).",
        ),
    ],
)
def test_an_answer_that_is_not_a_price(answer: list[str], problem: str, api: Api) -> None:
    """Each is a sentence, and the other items are asked for too."""
    api.answer(answer)
    api.answer([product("APN1-Key", hours("1"))])

    refreshed = api.refresh(NAT, item("keys", "Key"))
    assert refreshed.problems == [f"nat-gateway-hours in ap-northeast-1: {problem}"]
    assert refreshed.changes == ["keys in ap-northeast-1: 0.062 -> 1.00"]


def test_the_region_in_a_usage_type(api: Api) -> None:
    """The usage types of KMS contain the whole name of the region."""
    api.answer([product("ap-northeast-1-KMS-Keys", hours("1.0"))])

    assert api.refresh(item("kms-keys", "{region}-KMS-Keys")).changes == [
        "kms-keys in ap-northeast-1: 0.062 -> 1.00"
    ]


def test_a_new_region(api: Api) -> None:
    """Its prices are added; an item that it does not have stays without a price."""
    api.answer([product("APN1-NatGateway-Hours", hours("0.062"))])
    api.answer([product("EU-NatGateway-Hours", hours("0.048"))])
    api.answer([product("APN1-Key", hours("0.062"))])
    api.answer([])
    api.answer([product("HostedZone", hours("0.062"))])
    items = (NAT, item("keys", "Key"), item("hosted-zones", "HostedZone", region="global"))

    refreshed = api.refresh(*items, new_regions=["eu-west-1"])
    assert refreshed.changes == ["nat-gateway-hours in eu-west-1: none -> 0.048"]
    assert (refreshed.absent, refreshed.problems, refreshed.unchanged) == (["keys in eu-west-1"], [], 3)
    assert "eu-west-1" not in refreshed.prices.items["keys"].prices


def test_a_region_that_does_not_exist(api: Api) -> None:
    """Otherwise, a misspelt region would be written without any price."""
    api.answer([product("APN1-NatGateway-Hours", hours("0.062"))])
    api.answer([])

    refreshed = api.refresh(NAT, new_regions=["eu-wset-1"])
    assert refreshed.problems == ["eu-wset-1: no item has a price. Check the name of the region."]


def test_aws_refuses(api: Api) -> None:
    """The message shows the reason and the needed permission."""
    api.stubber.add_client_error("get_products", "AccessDeniedException", "not authorized")

    with pytest.raises(RefreshError, match=r"nat-gateway-hours[.] .*pricing:GetProducts.*not authorized"):
        api.refresh(NAT)


# ---- The command ----


@pytest.fixture
def command(api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The command with the stub; returns its file with the prices, which has one item."""
    path = tmp_path / "prices.json"
    path.write_text(saved.as_json(Prices({"S1": "a page"}, {NAT.key: NAT})), "utf-8")
    monkeypatch.setattr(Account, "client", lambda *_: api.client)
    api.stubber.activate()
    return path


def run(*arguments: str) -> int:
    """Run the command."""
    return cli.main(["cost", "--refresh", *arguments])


def test_the_command_writes_the_prices(command: Path, api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    """It shows old against new, and the file is read again with the new price."""
    api.answer([product("APN1-NatGateway-Hours", hours("0.0650000000"))])
    assert run("--prices", str(command)) == 0

    assert capsys.readouterr().out.splitlines() == [
        "nat-gateway-hours in ap-northeast-1: 0.062 -> 0.065",
        f"1 price changed, 0 did not. Wrote {command.as_posix()}.",
    ]
    refreshed = saved.read(command)
    assert refreshed.tiers(NAT.key, "ap-northeast-1") == ((Decimal(0), Decimal("0.065")),)
    assert refreshed.date == date.today()


def test_the_command_writes_nothing_with_a_problem(
    command: Path, api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit code is 1, and the problems are listed."""
    before = command.read_bytes()
    api.answer([])
    assert run("--prices", str(command)) == 1

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("nat-gateway-hours in ap-northeast-1: expected one product, found 0.\n")
    assert command.read_bytes() == before


def test_progress_on_a_terminal(
    command: Path, api: Api, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line shows how many prices it has asked for."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    for prefix in ("APN1", "APN2"):
        api.answer([product(f"{prefix}-NatGateway-Hours", hours("0.062"))])
    assert run("--prices", str(command), "--region", "ap-northeast-2") == 0

    assert "Asked for the price of 1 of 2" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["prod"], "--refresh only writes the prices, so ENVIRONMENT has no effect. Remove it."),
        (["--out", "out"], "--refresh only writes the prices, so --out has no effect. Remove it."),
        (["--profile", "none-such"], "There is no profile none-such."),
    ],
)
def test_wrong_input(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The exit code is 2."""
    assert run(*arguments) == 2

    assert capsys.readouterr().err.startswith(f"csr-templates: {message}")


def test_unusable_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong variable or profile of the AWS CLI is a message."""
    (tmp_path / "config").write_text("[profile broken]\nsource_profile = none-such\nrole_arn = arn\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    assert run("--profile", "broken") == 2
    assert "none-such" in capsys.readouterr().err

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "localhost")
    assert run() == 2
    assert capsys.readouterr().err.startswith("csr-templates: The AWS configuration cannot be used: ")


@pytest.mark.parametrize("option", ["--profile", "--region"])
def test_options_of_refresh_without_it(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    """They would have no effect."""
    assert cli.main(["cost", option, "x"]) == 2

    assert (
        capsys.readouterr().err
        == f"csr-templates: {option} is for --refresh. Add --refresh, or remove the option.\n"
    )


def test_an_installed_package_is_not_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file of the prices must be named."""
    monkeypatch.setattr(folders, "checkout", lambda: None)
    assert run() == 2

    assert "Specify a file for the prices with --prices." in capsys.readouterr().err


def test_no_credentials(
    command: Path, api: Api, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message says how to sign in."""

    class NoCredentials:
        def get_paginator(self, _: str) -> NoCredentials:
            return self

        def paginate(self, **_: Any) -> None:
            raise NoCredentialsError

    monkeypatch.setattr(Account, "client", lambda *_: NoCredentials())
    assert run("--prices", str(command)) == 2

    assert "There are no AWS credentials. Sign in" in capsys.readouterr().err
