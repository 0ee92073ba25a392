"""What an order asks of our own record of orders."""

from temporalio import activity

from activities.ports.partners import OrderBook
from models.order.assessment import Assessment, AssessmentRequest
from models.order.snapshot import OrderSnapshot
from models.partners.erp import ItemAnswer


class OrderBookActivities:
    """Verbs over the order book's port; ours, and quick: run as local activities."""

    def __init__(self, book: OrderBook) -> None:
        """Write to this book."""
        self._book = book

    @activity.defn(name="book.assess")
    async def assess(self, request: AssessmentRequest) -> Assessment:
        return await self._book.assess(request)

    @activity.defn(name="book.learn")
    async def learn(self, answer: ItemAnswer) -> None:
        await self._book.learn(answer)

    @activity.defn(name="book.record")
    async def record(self, snapshot: OrderSnapshot) -> None:
        await self._book.record(snapshot)
