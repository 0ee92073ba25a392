"""What a new stack needs before its first order: tables, a first API key, articles to know and goods to sell."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from models.settings import Settings
from ops.stack.folder import write_private

if TYPE_CHECKING:
    from collections.abc import Mapping

    from activities.adapters.partners import Partners
    from activities.adapters.store.opening import Store
    from ops.stack.folder import Folder

_OPENING = "opening"


async def migrate(settings: Settings) -> None:
    """Bring the database up to date."""
    from ops.migrations.upgrade import upgrade

    await asyncio.to_thread(upgrade, settings.database)


async def seed(settings: Settings, folder: Folder) -> None:
    """Learn the ERP's articles, count the warehouse's shelves and make the first API key; done once a database.

    The key comes last: one that the database knows says that all is done. A start that was interrupted half-way does
    it again, and what was counted is found by its key and not counted twice.
    """
    from activities.adapters.partners import open_partners
    from activities.adapters.store.opening import open_store
    from models.policy.book import PolicyBook

    partners = open_partners(settings)
    store = open_store(settings, PolicyBook.load(settings.policies))
    try:
        if folder.api_key.exists() and await store.api_keys.verify(folder.api_key.read_text(encoding="utf-8").strip()):
            return
        await _learn_catalogue(partners, store)
        await _take_opening_counts(partners, store)
        write_private(folder.api_key, await store.api_keys.create("local") + "\n")
    finally:
        await partners.close()
        await store.close()


def child_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings as a child with that environment would."""
    prefix = "ORDERLOOM_"
    values: dict[str, object] = {}
    for name, value in environment.items():
        if name.startswith(prefix):
            _put(values, name.removeprefix(prefix).lower().split("__"), value)
    return Settings.model_validate(values)


def _put(values: dict[str, object], path: list[str], value: str) -> None:
    *above, last = path
    for name in above:
        inner = values.setdefault(name, {})
        if not isinstance(inner, dict):
            return
        values = inner
    values[last] = value


async def _learn_catalogue(partners: Partners, store: Store) -> None:
    from models.partners.erp import ItemAnswer

    cursor: str | None = None
    while True:
        page = await partners.erp.catalogue(cursor)
        await store.order_book.learn(ItemAnswer(items=page.items))
        cursor = page.next_cursor
        if cursor is None:
            return


async def _take_opening_counts(partners: Partners, store: Store) -> None:
    from models.stock import MovementKind, StockCount

    for count in await partners.warehouse.counts():
        if not count.quantity:
            continue
        await store.stock.count(
            StockCount(
                key=f"{_OPENING}/{count.node}/{count.sku}",
                node=count.node,
                sku=count.sku,
                quantity=count.quantity,
                kind=MovementKind.RECEIPT,
                reason="opening count of the warehouse",
            )
        )
