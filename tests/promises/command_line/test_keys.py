"""Keys are made, listed and revoked from a terminal; a revoked one opens nothing, in a running API too."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from activities.adapters.store.api_keys import SqlApiKeys
from activities.adapters.store.database import Database
from activities.adapters.store.pepper import pepper
from api.stock.quick_reads import FRESH_S, QuickReads
from models.settings import Settings
from ops.migrations.upgrade import upgrade
from tests.promises.api.fake_stock import FakeInventory
from tests.promises.command_line.conftest import Ended, Typed

Asked = Callable[..., Awaitable[Ended]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(data_dir=tmp_path)
    upgrade(made.database)
    return made


@pytest_asyncio.fixture
async def keys(settings: Settings) -> AsyncIterator[SqlApiKeys]:
    """The keys as a running process has them."""
    database = Database(settings.database)
    yield SqlApiKeys(database, pepper(settings))
    await database.close()


@pytest.fixture
def type_keys(run: Typed, settings: Settings) -> Asked:
    """Type ``orderloom keys ...``, which has an event loop of its own."""

    async def typed(*words: str) -> Ended:
        return await asyncio.to_thread(run, "keys", *words, "--data", str(settings.data_dir))

    return typed


@pytest.mark.slow
async def test_a_key_is_shown_once_and_opens_until_it_is_revoked(type_keys: Asked, keys: SqlApiKeys) -> None:
    quick = QuickReads(FakeInventory(), keys, now=lambda: clock)
    clock = 0.0
    key = (await type_keys("add", "the ERP")).out.strip()
    holder = await keys.verify(key)
    assert holder is not None
    assert await quick.verify(key) == holder

    listed = await type_keys("list")
    revoked = await type_keys("revoke", holder.id)
    clock += FRESH_S

    assert (holder.name, key in listed.out, holder.id in listed.out) == ("the ERP", False, True)
    assert revoked.out == f"{holder.id} (the ERP) is revoked\n"
    assert (await keys.verify(key), await quick.verify(key)) == (None, None)


@pytest.mark.slow
async def test_a_script_reads_json(type_keys: Asked) -> None:
    made = json.loads((await type_keys("add", "erp", "--json")).out)
    await type_keys("revoke", made["id"], "--json")
    (listed,) = json.loads((await type_keys("list", "--json")).out)["keys"]

    assert made["key"].startswith(f"ol_live_{made['id']}_")
    assert (listed["id"], listed["name"], listed["revoked"]) == (made["id"], "erp", True)


async def test_what_cannot_be_is_said_in_a_line(type_keys: Asked) -> None:
    assert "there is no API key nothing" in (await type_keys("revoke", "nothing")).refused(1)
    assert "cannot be a name" in (await type_keys("add", "b\x07b")).refused(2)


def test_without_a_database_none_is_made(run: Typed, tmp_path: Path) -> None:
    assert "there is no database" in run("keys", "list", "--data", str(tmp_path)).refused(3)
    assert list(tmp_path.iterdir()) == []


async def test_who_revokes_the_stacks_own_key_is_told(type_keys: Asked, keys: SqlApiKeys, tmp_path: Path) -> None:
    key = await keys.create("local")
    (tmp_path / "api-key").write_text(key + "\n", encoding="utf-8")

    said = (await type_keys("revoke", key.split("_")[2])).out

    assert "the next `orderloom up` makes another" in said
