"""Files over HTTP: streamed in, shown as they are read, their bad rows given back."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from activities.adapters.files.refused import RefusedRows
from activities.adapters.files.x12.answers import X12Answers
from activities.adapters.store.batches.uploads import SqlUploads
from activities.adapters.store.database import Database
from api.batches.desk import BatchDesk
from models.batch.batch import BatchStart
from models.errors import Unavailable
from tests.promises.api.stage import Stage, problem
from tests.promises.batches.table import GOOD, HEAD, SAMPLES, Table

BAD = b"B-1,2026-11-20,MUG,none,9.90\n"


class Desk:
    """The API over a real store, and a Temporal that may not be there."""

    def __init__(self, database: Database) -> None:
        self.table = Table(database)
        self.started: list[BatchStart] = []
        self.is_there = True
        uploads = SqlUploads(database, largest=600_000)
        self.desk = BatchDesk(uploads, self.table.batches, RefusedRows(), X12Answers(), self.start)
        self.stage = Stage(batches=self.desk)
        self.http = self.stage.http

    async def start(self, start: BatchStart) -> None:
        if not self.is_there:
            raise Unavailable("temporal", "cannot be reached")
        self.started.append(start)

    async def hand_in(self, body: bytes, **said: str) -> httpx.Response:
        return await self.http.post("/v1/batches", params={"format": "csv", **said}, content=body)

    async def read(self, answer: httpx.Response) -> str:
        assert answer.status_code == 202, answer.text
        await self.table.take_all(answer.json()["id"])
        return str(answer.headers["location"])


@pytest_asyncio.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    made = Desk(database)
    yield made
    await made.stage.http.aclose()
    await made.stage.stranger.aclose()


async def test_a_file_is_taken_in_and_its_reading_started(desk: Desk) -> None:
    answer = await desk.hand_in(HEAD + GOOD + BAD, name="november.csv")
    assert answer.status_code == 202
    shown = answer.json()
    assert (shown["state"], shown["name"], answer.headers["location"]) == (
        "waiting",
        "november.csv",
        f"/v1/batches/{shown['id']}",
    )
    assert [start.batch_id for start in desk.started] == [shown["id"]]
    where = await desk.read(answer)
    shown = (await desk.http.get(where)).json()
    assert shown["state"] == "done"
    assert shown["rows"] == {"read": 2, "accepted": 1, "known": 0, "recorded": 0, "refused": 1}
    assert shown["bytes"] == {"done": len(HEAD + GOOD + BAD), "size": len(HEAD + GOOD + BAD)}
    listed = (await desk.http.get("/v1/batches")).json()
    assert [batch["id"] for batch in listed["batches"]] == [shown["id"]]


async def test_rows_come_in_pages(desk: Desk) -> None:
    body = HEAD + b"".join(b"O-%d,2026-11-20,MUG,%b,1\n" % (n, b"x" if n % 2 else b"1") for n in range(10))
    where = await desk.read(await desk.hand_in(body))
    page = (await desk.http.get(f"{where}/rows", params={"state": "refused", "limit": 3})).json()
    assert [row["row"] for row in page["rows"]] == [2, 4, 6]
    assert page["rows"][0]["field"] == "quantity"
    rest = await desk.http.get(f"{where}/rows", params={"state": "refused", "cursor": page["next_cursor"]})
    assert [row["row"] for row in rest.json()["rows"]] == [8, 10]
    assert rest.json()["next_cursor"] is None
    first = (await desk.http.get(f"{where}/rows")).json()["rows"][0]
    assert (first["order_id"], first["location"]) == ("order:b2b:O-0", "/v1/orders/order:b2b:O-0")


async def test_refused_rows_are_given_back_as_a_file(desk: Desk) -> None:
    where = await desk.read(await desk.hand_in(HEAD + GOOD + BAD))
    answer = await desk.http.get(f"{where}/refused")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"].startswith('attachment; filename="refused-')
    assert answer.text.splitlines()[1] == "B-1,2026-11-20,MUG,none,9.90,2,quantity: must be a whole number such as 12"


async def test_an_x12_sender_hears_what_could_be_read(desk: Desk) -> None:
    body = (SAMPLES / "purchase-orders.edi").read_bytes()
    where = await desk.read(await desk.hand_in(body, format="x12"))
    page = (await desk.http.get(f"{where}/acknowledgements", params={"limit": 1})).json()
    assert [one["number"] for one in page["acknowledgements"]] == [1]
    assert "AK9*P*3*3*2~" in page["acknowledgements"][0]["text"]
    assert page["next_cursor"] is None


async def test_an_x12_sender_hears_what_became_of_his_orders(desk: Desk) -> None:
    body = (SAMPLES / "purchase-orders.edi").read_bytes()
    where = await desk.read(await desk.hand_in(body, format="x12"))
    whole = await desk.http.get(f"{where}/documents/855")
    assert whole.headers["content-type"] == "application/edi-x12"
    assert whole.text.count("BAK*00*AD*") == 2
    assert (await desk.http.get(f"{where}/documents/856")).text == ""
    one = await desk.http.get("/v1/orders/order:b2b:BUYERCO.4500001/documents/855")
    assert one.text.count("BAK*00*AD*4500001*") == 1
    problem(await desk.http.get("/v1/orders/order:b2b:BUYERCO.4500001/documents/810"), 404, "not_found")
    problem(await desk.http.get("/v1/orders/order:b2b:BUYERCO.4500001/documents/850"), 404)


async def test_an_order_of_another_format_has_no_x12_documents(desk: Desk) -> None:
    where = await desk.read(await desk.hand_in(HEAD + GOOD))
    assert (await desk.http.get(f"{where}/documents/855")).text == ""
    problem(await desk.http.get("/v1/orders/order:b2b:G-1/documents/855"), 404, "not_found")
    problem(await desk.http.get("/v1/orders/order:b2b:G-2/documents/855"), 404, "not_found")


async def test_a_file_nobody_can_read_has_no_rows_to_give_back(desk: Desk) -> None:
    for format_ in ("csv", "x12", "json_lines"):
        where = await desk.read(await desk.hand_in(b"[nonsense]\n", format=format_))
        assert (await desk.http.get(where)).json()["state"] == "unreadable"
        answer = await desk.http.get(f"{where}/refused")
        assert (answer.status_code, answer.text) == (200, "")


async def test_without_temporal_a_file_waits_and_is_read_later(desk: Desk) -> None:
    desk.is_there = False
    answer = await desk.hand_in(HEAD + GOOD)
    assert answer.status_code == 202
    desk.is_there = True
    await desk.desk.round()
    assert [start.batch_id for start in desk.started] == [answer.json()["id"]]
    await desk.read(answer)
    await desk.desk.round()
    assert len(desk.started) == 1


async def test_a_batch_is_cancelled_once(desk: Desk) -> None:
    answer = await desk.hand_in(HEAD + GOOD)
    where = answer.headers["location"]
    cancelled = await desk.http.post(f"{where}/cancellation")
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    again = await desk.http.post(f"{where}/cancellation", headers={"Idempotency-Key": "stop"})
    assert (again.status_code, again.json()["state"]) == (200, "cancelled")
    done = await desk.read(await desk.hand_in(HEAD + BAD))
    problem(await desk.http.post(f"{done}/cancellation"), 409, "batch_is_over")


@pytest.mark.parametrize(
    ("params", "headers", "body", "status"),
    [
        ({}, {}, b"", 422),
        ({"format": "xlsx"}, {}, GOOD, 422),
        ({"encoding": "utf-16"}, {}, GOOD, 422),
        ({"currency": "pounds"}, {}, GOOD, 422),
        ({"channel": "../x"}, {}, GOOD, 422),
        ({"colour": "red"}, {}, GOOD, 422),
        ({}, {"content-encoding": "gzip"}, GOOD, 415),
        ({}, {"content-type": "multipart/form-data; boundary=x"}, GOOD, 415),
        ({}, {}, b"x" * 700_000, 413),
    ],
    ids=["empty", "format", "encoding", "currency", "channel", "parameter", "compressed", "form", "too large"],
)
async def test_what_is_no_file_is_refused_and_not_kept(
    desk: Desk, params: dict[str, str], headers: dict[str, str], body: bytes, status: int
) -> None:
    answer = await desk.http.post("/v1/batches", params={"format": "csv", **params}, headers=headers, content=body)
    problem(answer, status)
    assert (await desk.http.get("/v1/batches")).json()["batches"] == []
    from activities.adapters.store.tables.batches import batch_chunks

    async with desk.table.database.reading() as connection:
        assert (await connection.execute(batch_chunks.select())).first() is None


async def test_files_are_nobodys_without_a_key(desk: Desk) -> None:
    problem(await desk.stage.stranger.post("/v1/batches", params={"format": "csv"}, content=GOOD), 401)
    problem(await desk.stage.stranger.get("/v1/batches"), 401)
    problem(await desk.http.get("/v1/batches/000000000000000000000000"), 404)
    problem(await desk.http.get("/v1/batches/../../etc"), 404)
