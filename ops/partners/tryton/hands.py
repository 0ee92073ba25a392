"""The people in a Tryton's warehouses: they assign, pick, pack and send what is released, and take lorries in.

``python -m ops.partners.tryton.hands --url http://127.0.0.1:8790/wms/rest --key-file hands.key --company 1``

They do over its REST interface, with a key of their own, what a person does in Tryton's client with its buttons; a
person may do the same beside them. Whatever state a shipment is in, they go on from there. Short goods are taken as
they are: what cannot be assigned is set to none, and the rest is sent.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from activities.adapters.tryton.rest import Rest
from activities.adapters.tryton.warehouse.papers import notes_on
from activities.adapters.tryton.warehouse.tickets import ticket
from activities.adapters.tryton.wire import Read
from models.errors import PartnerError, Refused, Unavailable
from models.settings import PartnerSettings

if TYPE_CHECKING:
    from collections.abc import Callable

OUT, INTERNAL = "stock.shipment.out", "stock.shipment.internal"
_MOVE, _PACKAGE = "stock.move", "stock.package"
_AT_WORK = ["waiting", "assigned", "picked", "packed", "shipped"]
_ENDED = frozenset({"done", "cancelled"})
_STEPS = 12
_log = logging.getLogger("hands")


class Care(StrEnum):
    """How a release is carried out."""

    WHOLE = "whole"
    SHORT = "short"
    """One unit of the first article cannot be found."""
    TWO_PARCELS = "two_parcels"
    REJECT = "reject"


class _Goods(Read):
    product: int
    unit: int
    quantity: float
    state: str
    from_location: int
    to_location: int
    package: int | None


class _Out(Read):
    state: str
    company: int
    inventory_moves: list[_Goods]
    outgoing_moves: list[_Goods]


class _Internal(Read):
    state: str
    transit_location: int | None


class _Any(Read):
    pass


class Hands:
    """Work on one shipment after the other."""

    def __init__(self, rest: Rest, carrier_url: str = "") -> None:
        """Work with this key's rights; a sandbox carrier's address is where parcels are handed over, if given."""
        self._rest = rest
        self._carrier_url = carrier_url.rstrip("/")

    async def work(self, care: Callable[[], Care]) -> int:
        """Carry out all there is to do now; answers how many shipments that was.

        Args:
            care: how the next release is to be carried out.
        """
        done = 0
        for model in (OUT, INTERNAL):
            where = [["state", "in", _AT_WORK], ["number", "!=", None]]
            for found in await self._rest.find(model, _Any, where):
                try:
                    await (self.send(found.id, care()) if model == OUT else self.carry_over(found.id))
                    done += 1
                except PartnerError as error:
                    # It was recalled in between, or somebody else has it in hand: it is looked at again next time.
                    _log.warning("%s %s: %s", model, found.id, error)
        return done

    async def send(self, number: int, care: Care = Care.WHOLE) -> None:
        """Carry a release out to its end.

        Raises:
            PartnerError: it cannot be gone on with.
        """
        for _ in range(_STEPS):
            shipment = await self._rest.get(OUT, _Out, number)
            if shipment is None or shipment.state in _ENDED:
                return
            await self._step(shipment, care)
        raise Refused("wms", f"shipment {number} does not come to its end")

    async def carry_over(self, number: int) -> None:
        """Take goods from one node to another.

        Raises:
            PartnerError: it cannot be gone on with.
        """
        await self._rest.act(INTERNAL, number, "assign_try")
        shipment = await self._rest.get(INTERNAL, _Internal, number)
        if shipment is None or shipment.state == "waiting":
            raise Refused("wms", "the goods are not all there")
        steps = ["pack", "ship", "do"] if shipment.transit_location is not None else ["do"]
        begun = {"assigned": 0, "packed": 1, "shipped": 2}.get(shipment.state, len(steps))
        for step in steps[begun:]:
            await self._rest.act(INTERNAL, number, step)

    async def _step(self, shipment: _Out, care: Care) -> None:
        match shipment.state:
            case "waiting":
                await self._fetch(shipment, care)
            case "assigned":
                await self._act(shipment, "pick")
            case "picked":
                await self._pack(shipment, parcels=2 if care is Care.TWO_PARCELS else 1)
            case "packed":
                await self._act(shipment, "ship")
            case _:
                await self._hand_over(shipment.id)
                await self._act(shipment, "do")

    async def _fetch(self, shipment: _Out, care: Care) -> None:
        """Go for the goods; what is not there is not sent."""
        if care is Care.REJECT:
            await self._act(shipment, "cancel")
            return
        wanted = [goods for goods in shipment.inventory_moves if goods.state == "draft" and goods.quantity]
        if care is Care.SHORT and wanted:
            first = min(wanted, key=lambda goods: goods.id)
            await self._rest.write(_MOVE, _Any, first.id, {"quantity": first.quantity - 1})
        await self._act(shipment, "assign_try")
        after = await self._rest.get(OUT, _Out, shipment.id)
        if after is None or after.state != "waiting":
            return
        for goods in after.inventory_moves:
            if goods.state == "draft":
                await self._rest.write(_MOVE, _Any, goods.id, {"quantity": 0.0})
        if any(goods.state == "assigned" for goods in after.inventory_moves):
            await self._act(shipment, "assign_try")
        else:
            await self._act(shipment, "cancel")

    async def _pack(self, shipment: _Out, *, parcels: int) -> None:
        goods = _loose(shipment)
        if parcels > 1 and len(goods) == 1 and goods[0].quantity > 1:
            goods = await self._divided(shipment, goods[0])
        boxes = [box for box in (goods[::2], goods[1::2]) if box] if parcels > 1 else [goods]
        kind = await self._rest.first("stock.package.type", _Any, [])
        for box in boxes:
            if box and kind is not None:
                inside = [["add", [one.id for one in box]]]
                values = {"company": shipment.company, "type": kind.id, "shipment": f"{OUT},{shipment.id}"}
                await self._rest.create(_PACKAGE, _Any, {**values, "moves": inside})
        await self._act(shipment, "pack")

    async def _divided(self, shipment: _Out, goods: _Goods) -> list[_Goods]:
        """Divide goods of one kind, so that some go in another box."""
        rest = goods.quantity // 2
        await self._rest.write(_MOVE, _Any, goods.id, {"quantity": goods.quantity - rest})
        await self._rest.act(_MOVE, goods.id, "copy", {"default": {"quantity": rest}})
        after = await self._rest.get(OUT, _Out, shipment.id)
        return [] if after is None else _loose(after)

    async def _act(self, shipment: _Out, action: str) -> None:
        await self._rest.act(OUT, shipment.id, action)

    async def _hand_over(self, number: int) -> None:
        """Give the parcel to the carrier, where the carrier is the sandbox's: a real one comes and fetches it."""
        if not self._carrier_url:
            return
        notes = await notes_on(self._rest, OUT, [number])
        asked = ticket(notes[number].asked)
        if asked is None or asked.tracking_number is None:
            return
        address = f"{self._carrier_url}/parcels/{quote(asked.tracking_number, safe='')}/handover"
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=15) as client:
                answer = await client.post(address)
        except httpx.TransportError as error:
            raise Unavailable("carrier", f"nobody fetches parcels: {type(error).__name__}") from error
        if answer.is_server_error:
            raise Unavailable("carrier", f"nobody fetches parcels: {answer.status_code}")
        if answer.is_error:
            _log.warning("parcel %s is not taken: %s", asked.tracking_number, answer.text[:200])


def _loose(shipment: _Out) -> list[_Goods]:
    return [one for one in shipment.outgoing_moves if one.package is None and one.quantity]


def dial(every: dict[Care, int]) -> Callable[[], Care]:
    """Say how each next release is carried out: each nth of them otherwise than whole; 0: none."""
    numbers = count(1)

    def next_care() -> Care:
        number = next(numbers)
        return next((care for care, n in every.items() if n and number % n == 0), Care.WHOLE)

    return next_care


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m ops.partners.tryton.hands", description="Work in the warehouse.")
    parser.add_argument("--url", required=True, help="Tryton's REST interface, with its database: .../wms/rest")
    parser.add_argument("--key-file", type=Path, required=True, help="holds the key of the warehouse's people")
    parser.add_argument("--company", type=int, required=True, help="Tryton's number of the company")
    parser.add_argument("--every-s", type=float, default=2.0, help="how often they look for work")
    parser.add_argument("--short-every", type=int, default=0, help="each nth release is one unit short")
    parser.add_argument("--two-parcels-every", type=int, default=0, help="each nth release goes in two parcels")
    parser.add_argument("--reject-every", type=int, default=0, help="each nth release is turned down")
    parser.add_argument(
        "--carrier-url",
        default=os.environ.get("ORDERLOOM_SANDBOX_CARRIER_URL", ""),
        help="who is handed the parcels, as a sandbox is; also read from ORDERLOOM_SANDBOX_CARRIER_URL",
    )
    return parser.parse_args()


async def _run(given: argparse.Namespace) -> None:
    key = SecretStr(given.key_file.read_text(encoding="utf-8").strip())
    rest = Rest("wms", PartnerSettings(url=given.url, key=key, timeout_s=60), {"company": given.company})
    hands = Hands(rest, given.carrier_url)
    care = dial(
        {
            Care.REJECT: given.reject_every,
            Care.SHORT: given.short_every,
            Care.TWO_PARCELS: given.two_parcels_every,
        }
    )
    try:
        while True:
            try:
                await hands.work(care)
            except PartnerError as error:
                _log.warning("the warehouse's books: %s", error)
            await asyncio.sleep(given.every_s)
    finally:
        await rest.close()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    # They look for work all the time: each look is no news.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    asyncio.run(_run(_arguments()))
