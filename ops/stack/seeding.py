"""What a new stack needs before its first order: tables, a first API key, articles to know and goods to sell."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import Unavailable
from models.settings import Settings
from ops.stack.folder import write_private
from ops.stack.parts import document

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from activities.adapters.partners import Partners
    from activities.adapters.store.opening import Store
    from ops.stack.folder import Folder

_PAUSES_S = (1, 2, 5)
_OPENING = "opening"
_LINES_AT_ONCE = 500
_DOCUMENTS = {"options", "shops"}
"""Settings that are JSON documents."""
_GOODS = Path(__file__).parents[1] / "samples" / "goods.yaml"


async def migrate(settings: Settings, tell: Callable[[str], None] = lambda _line: None) -> None:
    """Bring the database up to date; `tell` hears where it is ahead of us."""
    from ops.migrations.upgrade import upgrade

    if not await asyncio.to_thread(upgrade, settings.database):
        tell("the database has the schema of a newer release: it is used as it is, and not changed")


async def seed(settings: Settings, folder: Folder, *, same_goods: bool = False) -> None:
    """Learn the ERP's articles, count the warehouse's shelves and make the first API key; done once a database.

    The key comes last: one that the database knows says that all is done. A start that was interrupted half-way does
    it again, and what was counted is found by its key and not counted twice. So may we, where a partner that is well
    does not answer in time: everything starts at once, and a small machine has its hands full.

    Args:
        settings: as our processes have them.
        folder: where the key is kept.
        same_goods: whether a warehouse that is no sandbox was given the samples' goods, so that its nodes have their
            rules too; those of any other warehouse are put by a person, through the API.

    Raises:
        Unavailable: a partner does not answer at all.
    """
    for pause_s in _PAUSES_S:
        try:
            await _seed(settings, folder, same_goods=same_goods)
        except Unavailable:
            await asyncio.sleep(pause_s)
        else:
            return
    await _seed(settings, folder, same_goods=same_goods)


async def _seed(settings: Settings, folder: Folder, *, same_goods: bool) -> None:
    from activities.adapters.partners import open_partners
    from activities.adapters.store.opening import open_store
    from models.policy.book import PolicyBook

    partners = open_partners(settings)
    store = open_store(settings, PolicyBook.load(settings.policies))
    try:
        kept = folder.api_key.read_text(encoding="utf-8").strip() if folder.api_key.exists() else ""
        if await store.api_keys.verify(kept):
            return
        # A key that somebody has revoked says so too: what lies on the shelves by now is no opening count.
        if not await store.api_keys.was_revoked(kept):
            await _learn_catalogue(partners, store)
            if same_goods or settings.wms.kind == "sandbox":
                await _put_nodes(settings, store)
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
            path = name.removeprefix(prefix).lower().split("__")
            _put(values, path, document(name, value) if path[-1] in _DOCUMENTS else value)
    return Settings.model_validate(values)


def _put(values: dict[str, object], path: list[str], value: object) -> None:
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


async def _put_nodes(settings: Settings, store: Store) -> None:
    """Have the nodes of the samples with all their rules."""
    from activities.adapters.store.stock.showing.inventory import SqlInventory
    from models.policy.book import PolicyBook
    from ops.sandbox.goods import load_goods

    inventory = SqlInventory(store.database, PolicyBook.load(settings.policies))
    for node in load_goods(_GOODS).nodes:
        await inventory.put_node(node)


async def _take_opening_counts(partners: Partners, store: Store) -> None:
    from models.errors import Conflict
    from models.stock.events import GoodsReceived, StockLine

    shelves: defaultdict[str, list[StockLine]] = defaultdict(list)
    for count in sorted(await partners.warehouse.counts(), key=lambda count: (count.node, count.sku)):
        if count.quantity:
            shelves[count.node].append(StockLine(sku=count.sku, quantity=count.quantity))
    for node, lines in shelves.items():
        for number, first in enumerate(range(0, len(lines), _LINES_AT_ONCE)):
            opening = GoodsReceived(
                event_id=f"{_OPENING}/{node}/{number}",
                occurred_at=datetime.now(UTC),
                node=node,
                lines=tuple(lines[first : first + _LINES_AT_ONCE]),
                reason="opening count of the warehouse",
            )
            # Counted already by a start that was interrupted, at another time and perhaps with another result.
            with suppress(Conflict):
                await store.stock.apply(opening, source=_OPENING)
