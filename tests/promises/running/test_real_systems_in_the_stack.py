"""A real system stands where its sandbox would; everything else is as before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ops.partners.program import Program
from ops.partners.roster import REAL, parts_for
from ops.stack.folder import Folder
from ops.stack.parts import Site, stay_with, together
from ops.stack.seeding import child_settings
from ops.stack.services import PARTNERS, Plan, partner_specs, real_specs
from ops.stack.troubles import StackError


class RealErp:
    name = "books"
    partners = ("erp",)
    ports = ("books_web",)

    def prepare(self, tell):
        tell("preparing")

    def programs(self, site: Site) -> list[Program]:
        return [
            Program("books-server", ("serve", str(site.ports["books_web"])), "http://127.0.0.1:1/", {"KEPT": "yes"})
        ]

    def environment(self, site: Site) -> dict[str, str]:
        options = json.dumps({"company": 7, "api": site.api_url})
        return {"ORDERLOOM_ERP__KIND": "books", "ORDERLOOM_ERP__URL": "http://there", "ORDERLOOM_ERP__OPTIONS": options}


class Shop(RealErp):
    name = "shop"
    partners = ()
    ports = ()

    def programs(self, _site: Site) -> list[Program]:
        return []

    def environment(self, _site: Site) -> dict[str, str]:
        return {"ORDERLOOM_SHOPS": json.dumps({"corner": {"kind": "shop", "url": "http://corner"}})}


class OtherShop(Shop):
    name = "other"

    def environment(self, _site: Site) -> dict[str, str]:
        return {"ORDERLOOM_SHOPS": json.dumps({"high-street": {"kind": "shop", "url": "http://high-street"}})}


def plan(folder: Folder, *parts: RealErp, given: dict[str, str] | None = None) -> Plan:
    names = ("api", "temporal", "worker_metrics", "books_web", *PARTNERS)
    ports = {name: 9000 + number for number, name in enumerate(names)}
    return Plan(folder, ports, dict.fromkeys(PARTNERS, "whsec_c2VjcmV0"), given or {}, parts)


def test_its_sandbox_is_not_started(folder: Folder):
    planned = plan(folder, RealErp(), Shop())

    assert [spec.name for spec in partner_specs(planned)] == [name for name in PARTNERS if name != "erp"]
    [server] = real_specs(planned)
    assert (server.name, server.command) == ("books-server", ("serve", "9003"))
    assert server.environment["KEPT"] == "yes"
    assert server.environment["ORDERLOOM_API_URL"] == "http://127.0.0.1:9000"


def test_our_processes_are_told_of_it_and_of_every_shop(folder: Folder):
    settings = child_settings(plan(folder, RealErp(), Shop(), OtherShop()).environment())

    assert (settings.erp.kind, settings.erp.url) == ("books", "http://there")
    assert settings.erp.options == {"company": 7, "api": "http://127.0.0.1:9000"}
    assert settings.erp.callback_secret.get_secret_value() == "whsec_c2VjcmV0"
    assert {"corner", "high-street"} <= settings.shops.keys()
    assert settings.wms.kind == "sandbox"


def test_parts_without_shops_set_none():
    assert together([{"A": "1"}, {"B": "2"}]) == {"A": "1", "B": "2"}


def test_orders_stay_with_the_partners_they_are_at(folder: Folder):
    stay_with(folder, [RealErp()])
    stay_with(folder, [RealErp()])

    with pytest.raises(StackError, match="are at books for erp: start it so"):
        stay_with(folder, [])


def test_a_folder_from_before_has_its_orders_at_sandboxes(folder: Folder):
    folder.api_key.write_text("key")

    with pytest.raises(StackError, match="sandboxes only"):
        stay_with(folder, [RealErp()])
    stay_with(folder, [])


@pytest.mark.parametrize(("place", "name"), [(place, name) for place, names in REAL.items() for name in names])
def test_every_system_of_the_roster_can_be_chosen(place: str, name: str):
    partners, channels = ({}, [name]) if place == "channel" else ({place: name}, [])

    [part] = parts_for(partners, channels)

    assert set(part.partners) <= set(PARTNERS)
    assert place == "channel" or place in part.partners


def test_a_sandbox_needs_no_part():
    assert parts_for({"erp": "sandbox", "wms": "sandbox"}) == []


@pytest.mark.parametrize(
    ("partners", "channels", "said"),
    [
        ({"erp": "sap"}, [], "--erp sap: there is no such system here; there are sandbox, tryton"),
        ({}, ["etsy"], "--channel etsy: there is no such system here; there are tryton_pos, vendure"),
    ],
)
def test_an_unknown_system_is_refused_by_name(partners: dict[str, str], channels: list[str], said: str):
    with pytest.raises(StackError, match=said):
        parts_for(partners, channels)


def test_a_program_is_started_where_it_keeps_its_things(folder: Folder, tmp_path: Path):
    class Placed(RealErp):
        def programs(self, _site: Site) -> list[Program]:
            return [Program("books-server", ("serve",), "http://127.0.0.1:1/", folder=tmp_path, after=("books-db",))]

    [server] = real_specs(plan(folder, Placed()))

    assert (server.folder, server.after) == (tmp_path, ("books-db",))
