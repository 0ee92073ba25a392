"""The local stack's channels are connected, beside whatever shop is connected as well."""

from __future__ import annotations

import json
from pathlib import Path

from activities.adapters.channel_formats import channel_formats
from activities.adapters.sandbox.shop import SandboxShop
from activities.adapters.shops import open_shops
from ops.stack.folder import Folder
from ops.stack.ports import USUAL
from ops.stack.secrets_kept import callback_secrets
from ops.stack.seeding import child_settings
from ops.stack.services import PARTNERS, Plan


def planned(folder: Path, **given: str) -> Plan:
    kept = Folder(folder)
    return Plan(kept, dict(USUAL), callback_secrets(kept, PARTNERS), given)


def test_every_channel_of_the_demonstration_is_told_at_the_sandbox(tmp_path: Path) -> None:
    settings = child_settings(planned(tmp_path).environment())

    shops = open_shops(settings)
    assert {"shopify", "woocommerce", "magento", "amazon", "b2b", "pos"} == set(shops)
    assert all(isinstance(shop, SandboxShop) for shop in shops.values())
    assert {shop.url for shop in settings.shops.values()} == {settings.channels.url}
    assert set(shops) <= set(channel_formats(settings))


def test_a_shop_the_stack_is_given_stands_beside_them_or_in_the_place_of_one(tmp_path: Path) -> None:
    given = json.dumps({"corner": {"url": "http://corner"}, "shopify": {"url": "http://elsewhere"}})
    settings = child_settings(planned(tmp_path, ORDERLOOM_SHOPS=given).environment())

    assert (settings.shops["corner"].url, settings.shops["shopify"].url) == ("http://corner", "http://elsewhere")
    assert len(settings.shops) == 7


def test_without_the_sandbox_no_channel_is_connected_by_itself(tmp_path: Path) -> None:
    settings = child_settings(planned(tmp_path, ORDERLOOM_CHANNELS__URL="http://ours").environment())

    assert settings.shops == {}
