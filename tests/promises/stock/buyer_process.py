"""A buyer in a process of its own: tries to reserve one `hot` after another, and prints how many it was granted."""

import asyncio
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from activities.adapters.store.database import Database
from activities.adapters.store.stock.ledger import SqlStockLedger
from models.policy.book import PolicyBook
from models.settings import Settings
from models.stock.demand import Demand, Need
from models.stock.reservation import ReservationRequest


async def buy(address: str, name: str, attempts: int) -> int:
    database = Database(address)
    ledger = SqlStockLedger(database, PolicyBook.load(Settings().policies))

    async def one(number: int) -> bool:
        need = Need(line_id="1", sku="hot", quantity=1)
        order = f"order:b2b:{name}-{number}"
        request = ReservationRequest(
            key=f"{name}/{number}", order_id=order, needs=(need,), demand=Demand(channel="b2b")
        )
        return (await ledger.reserve(request)).granted

    granted = await asyncio.gather(*(one(number) for number in range(attempts)))
    await database.close()
    return sum(granted)


if __name__ == "__main__":
    _, where, who, tries = sys.argv
    sys.stdout.write(json.dumps({"granted": asyncio.run(buy(where, who, int(tries)))}))
