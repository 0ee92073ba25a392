"""The store opens from the settings alone, and is still there after a restart."""

from __future__ import annotations

from activities.adapters.store.opening import open_store
from models.settings import Settings
from ops.migrations.upgrade import upgrade


async def test_what_was_written_is_there_after_a_restart(tmp_path, policies, an_order):
    settings = Settings(data_dir=tmp_path / "data", database_url="")
    upgrade(settings.database)
    store = open_store(settings, policies)
    order, key = an_order(), await store.api_keys.create("local")
    await store.orders.submit(order, b"{}")
    await store.close()

    reopened = open_store(settings, policies)
    assert (await reopened.orders.find(order.id)).order == order
    assert await reopened.api_keys.verify(key)
    assert await reopened.stock.balances(("MUG",)) == ()
    await reopened.close()


async def test_every_part_works_on_the_database_of_the_settings(database_url, policies, tmp_path):
    store = open_store(Settings(data_dir=tmp_path, database_url=database_url), policies)
    assert await store.quarantine.page(state=None, channel=None, cursor=None, limit=1)
    assert await store.inbox.claim(limit=1, lease_s=1) == []
    await store.idempotency.begin("ada", "POST /", "1", "")
    await store.close()
