"""Only who holds a key may call; the database alone gives no key away."""

from __future__ import annotations

import re
import stat

import pytest
from sqlalchemy import text

from activities.adapters.store.api_keys import SqlApiKeys
from activities.adapters.store.pepper import pepper
from models.errors import NotFound
from models.settings import Settings


async def test_a_key_is_good_for_whom_it_was_made(api_keys):
    key, other = await api_keys.create("local"), await api_keys.create("erp")
    holder, another = await api_keys.verify(key), await api_keys.verify(other)
    assert (holder.name, another.name) == ("local", "erp")
    assert holder.id != another.id
    assert re.fullmatch(r"ol_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}", key)


async def test_the_first_key_is_known_to_exist(api_keys):
    assert not await api_keys.any_exist()
    await api_keys.create("local")
    assert await api_keys.any_exist()


async def test_a_key_with_any_one_sign_changed_is_nobodys(api_keys):
    key = await api_keys.create("local")
    for place, sign in enumerate(key):
        changed = key[:place] + ("x" if sign != "x" else "y") + key[place + 1 :]
        assert await api_keys.verify(changed) is None, place


async def test_a_mistyped_key_is_turned_away_before_the_database_is_asked(api_keys, monkeypatch):
    key = await api_keys.create("local")
    monkeypatch.setattr(api_keys, "_database", None)
    for wrong in ("", "x", "\0", "\ud800", "ä" * 80, key[:-1], key + "x", key + "\n", key.swapcase(), "x" * 100_000):
        assert await api_keys.verify(wrong) is None


async def test_a_made_up_key_with_a_right_check_is_nobodys(api_keys, database):
    elsewhere = SqlApiKeys(database, b"other")
    key = await elsewhere.create("other")
    assert await api_keys.verify(key) is None, "hashed with another pepper"
    async with database.writing() as connection:
        await connection.execute(text("DELETE FROM api_keys"))
    assert await elsewhere.verify(key) is None, "not there any more"


async def test_a_revoked_key_is_nobodys_and_the_others_are_as_before(api_keys):
    key, other = await api_keys.create("erp"), await api_keys.create("erp")
    first = await api_keys.verify(key)

    for _ in range(2):
        assert (await api_keys.revoke(first.id)).revoked

    assert await api_keys.verify(key) is None
    assert (await api_keys.verify(other)).name == "erp"
    assert (await api_keys.was_revoked(key), await api_keys.was_revoked(other)) == (True, False)


async def test_who_had_which_key_stays_known(api_keys, clock):
    for name in ("local", "erp"):
        clock.move(minutes=1)
        await api_keys.create(name)
    local, _ = await api_keys.made()
    await api_keys.revoke(local.id)

    assert [(key.name, key.revoked) for key in await api_keys.made()] == [("local", True), ("erp", False)]
    assert local.created_at < clock()


@pytest.mark.parametrize("unknown", ["", "nobody", "ol_live_x", "' OR 1=1"])
async def test_only_a_key_that_was_made_can_be_revoked(api_keys, unknown):
    key = await api_keys.create("local")
    with pytest.raises(NotFound):
        await api_keys.revoke(unknown)
    assert not await api_keys.was_revoked(unknown)
    assert await api_keys.verify(key)


async def test_the_database_holds_nothing_one_could_call_with(api_keys, database):
    key = await api_keys.create("local")
    async with database.reading() as connection:
        row = (await connection.execute(text("SELECT * FROM api_keys"))).one()
    assert key.split("_")[3] not in str(tuple(row))


def test_there_is_no_empty_pepper():
    with pytest.raises(ValueError, match="empty"):
        SqlApiKeys(None, b"")


def test_the_pepper_is_made_once_and_for_us_alone(tmp_path):
    settings = Settings(data_dir=tmp_path / "data")
    made = pepper(settings)
    assert len(made) == 32
    assert pepper(settings) == made
    (file,) = (tmp_path / "data").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_pepper_from_the_settings_makes_no_file(tmp_path):
    assert pepper(Settings(data_dir=tmp_path, api_key_pepper="spice")) == b"spice"
    assert list(tmp_path.iterdir()) == []
