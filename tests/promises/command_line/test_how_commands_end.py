"""Whatever is wrong with a machine or with what was typed, a command ends with one line that says so, and an exit code."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from ops.partners import roster
from tests.promises.command_line.conftest import Typed
from tests.promises.running.desk import Desk

NO, USAGE, UNREACHABLE = 1, 2, 3


@pytest.fixture
def in_folder(run: Typed, tmp_path: Path) -> Typed:
    """Type a command about a folder that is not there yet."""
    return lambda *words: run(*words, "--data", str(tmp_path / "data"))


@pytest.mark.parametrize(
    "words", [("up",), ("demo",), ("status",), ("down",), ("orders",), ("db", "upgrade"), ("db", "seed")]
)
def test_a_folder_that_is_a_file(run: Typed, tmp_path: Path, words: tuple[str, ...]) -> None:
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")

    assert str(file) in run(*words, "--data", str(file)).refused(NO)


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("ORDERLOOM_API_PORT", "abc", "ORDERLOOM_API_PORT: Input should be a valid integer"),
        ("ORDERLOOM_ERP__TIMEOUT_S", "-1", "ORDERLOOM_ERP__TIMEOUT_S: Input should be greater than 0"),
        ("ORDERLOOM_SHOPS", "{bad", "shops"),
        ("ORDERLOOM_DATABASE_URL", "nonsense", "ORDERLOOM_DATABASE_URL is no address"),
        ("ORDERLOOM_DATABASE_URL", "mongodb://here", "ORDERLOOM_DATABASE_URL is no address"),
    ],
)
def test_a_setting_that_cannot_be(
    in_folder: Typed, monkeypatch: pytest.MonkeyPatch, setting: str, value: str, said: str
) -> None:
    monkeypatch.setenv(setting, value)

    assert said in in_folder("db", "upgrade").refused(USAGE)


def test_shops_that_are_no_json_keep_a_stack_from_starting(in_folder: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERLOOM_SHOPS", "{'garden': {}}")

    assert "ORDERLOOM_SHOPS is not JSON" in in_folder("up", "--any-ports").refused(NO)


def test_a_database_that_is_not_there(run: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERLOOM_DATABASE_URL", "postgresql+psycopg://me:pass-word@127.0.0.1:1/orders")

    said = run("db", "upgrade").refused(UNREACHABLE)

    assert "the database cannot be used" in said
    assert "pass-word" not in said


def test_a_database_that_is_none(run: Typed, tmp_path: Path) -> None:
    (tmp_path / "orderloom.db").write_bytes(b"not a database, but of a page's length" * 200)

    assert "file is not a database" in run("db", "upgrade", "--data", str(tmp_path)).refused(UNREACHABLE)


def test_a_database_of_a_newer_release(run: Typed, tmp_path: Path) -> None:
    before = run("db", "upgrade", "--data", str(tmp_path))
    with closing(sqlite3.connect(tmp_path / "orderloom.db", isolation_level=None)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")

    after = run("db", "upgrade", "--data", str(tmp_path))

    assert (before.code, after.code) == (0, 0)
    assert "has the newest schema" in before.out
    assert "has the schema of a newer release, and is left as it is" in after.out


@pytest.mark.parametrize(
    ("url", "said"),
    [("127.0.0.1:8400", "write it as http://127.0.0.1:8400"), ("http://127.0.0.1:abc", "is no address of an API")],
)
def test_an_address_that_is_none(run: Typed, monkeypatch: pytest.MonkeyPatch, url: str, said: str) -> None:
    monkeypatch.setenv("ORDERLOOM_API_URL", url)
    monkeypatch.setenv("ORDERLOOM_API_KEY", "ol_live_test")

    assert said in run("orders").refused(USAGE)


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("key", ["schlüssel", "two\nlines"])
def test_a_key_that_is_none(run: Typed, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("ORDERLOOM_API_KEY", key)

    said = run("orders").refused(USAGE)

    assert "the API key cannot be one" in said
    assert key not in said


def test_an_api_that_is_not_ours(run: Typed, desk: Desk) -> None:
    desk.answers["GET /v1/orders"] = (200, {"hello": "world"})

    assert "is not Orderloom's API" in run("orders").refused(NO)


@pytest.mark.usefixtures("desk")
def test_words_that_are_no_text(run: Typed) -> None:
    typed = (
        ("approve", "order:b2b:1", "fraud-1", "--reason", "\udcff"),
        ("show", "\udcff"),
        ("orders", "--channel", "\udcff"),
    )
    for words in typed:
        assert "no text in UTF-8" in run(*words).refused(USAGE)


@pytest.mark.usefixtures("desk")
def test_a_packed_file_that_is_damaged(run: Typed, tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(b"".join(sha256(bytes([number])).digest() for number in range(100))))
    packed[50:60] = b"\xff" * 10
    file = tmp_path / "orders.csv.gz"
    file.write_bytes(packed)

    assert "cannot be unpacked" in run("batch", "import", str(file)).refused(USAGE)


def test_a_defect_of_ours_shows_where_it_is(run: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster, "parts_for", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        run("up")
