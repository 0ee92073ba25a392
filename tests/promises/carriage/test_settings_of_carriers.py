"""A carrier that is set up wrongly says so before anything is asked of it, and names the setting."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from activities.adapters.carriage.options import ends_of
from activities.adapters.partners import CARRIERS, open_partners
from models.errors import Refused, Unavailable
from models.settings import PartnerSettings, Settings
from ops.partners.karrio.house import carrier_options, load_house
from ops.sandbox.goods import load_goods
from tests.conftest import Databases
from tests.contracts.carriage.books import booking
from tests.contracts.carriage.shipengine import OPTIONS as SHIPENGINE

HOUSE = carrier_options(load_house())
SANDBOX = {"url": "http://127.0.0.1:9"}


def settings(kind: str, options: dict[str, Any]) -> PartnerSettings:
    return PartnerSettings.model_validate({"kind": kind, "url": "http://127.0.0.1:9", "options": options})


@pytest.mark.parametrize(
    ("kind", "options", "place"),
    [
        ("karrio", {}, "nodes"),
        ("karrio", HOUSE | {"currency": "EURO"}, "currency"),
        ("karrio", HOUSE | {"speed": "warp"}, "speed"),
        ("karrio", HOUSE | {"services": [{"service": "x", "levels": []}]}, "services.0.levels"),
        ("shipengine", HOUSE, "carriers"),
        ("shipengine", SHIPENGINE | {"carriers": []}, "carriers"),
        ("easypost", {"currency": "USD", "nodes": {}}, "nodes"),
        ("several", {}, "carriers"),
        ("several", {"carriers": {"only": SANDBOX}}, "carriers"),
        ("several", {"carriers": {"one": SANDBOX, "two": SANDBOX | {"kind": "pigeon"}}}, "carriers.two.kind"),
        ("several", {"carriers": {"one": SANDBOX, "two": SANDBOX | {"kind": "several"}}}, "carriers.two.kind"),
    ],
)
def test_what_is_wrong_is_named(kind: str, options: dict[str, Any], place: str):
    with pytest.raises(ValueError, match=f"^ORDERLOOM_CARRIER__OPTIONS: {place}"):
        CARRIERS[kind](settings(kind, options))


async def test_what_is_right_opens_with_a_book_to_note_in(databases: Databases):
    carriers = {"first": SANDBOX, "second": {"kind": "karrio", "url": "http://127.0.0.1:9", "options": HOUSE}}
    several = settings("several", {"carriers": carriers, "cheapest": True})
    partners = open_partners(Settings(carrier=several, database_url=databases.fresh("sqlite")))
    # Without a book neither of them would be asked.
    with pytest.raises(Unavailable, match=r"first: .*cannot be reached.*; second: .*cannot be reached"):
        await partners.carriers.book(booking())
    await partners.close()


def test_every_node_of_the_samples_has_an_address():
    goods = load_goods(Path(__file__).parents[3] / "ops" / "samples" / "goods.yaml")
    assert {node.name for node in goods.nodes} == set(load_house().nodes)


def test_a_node_nobody_has_said_the_place_of_is_refused_by_name():
    with pytest.raises(Refused) as caught:
        ends_of(booking(node="atlantis"), load_house().nodes)
    assert caught.value.code == "unknown_node"
    assert "atlantis" in str(caught.value)
