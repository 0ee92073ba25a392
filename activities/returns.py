"""What a return asks of our own records: the book of returns, and the stock ledger."""

from temporalio import activity

from activities.ports.partners import ReturnBook
from activities.ports.stock import StockLedger
from models.base import StrictModel, Text
from models.returns.assessment import ReturnAssessment, ReturnAssessmentRequest
from models.returns.money import (
    ClaimAnswer,
    ClaimChange,
    HandedIn,
    RefundClaim,
    RefundGrant,
    RefundOutcome,
    Replacement,
)
from models.returns.snapshot import ReturnSnapshot
from models.stock.events import StockEvent, StockEventAnswer


class StockNews(StrictModel):
    """What happened to stock, and who says so."""

    event: StockEvent
    source: Text


class ReturnActivities:
    """Verbs over the book's and the ledger's ports; ours, and quick: run as local activities."""

    def __init__(self, book: ReturnBook, stock: StockLedger) -> None:
        """Write to this book, and to this ledger."""
        self._book = book
        self._stock = stock

    @activity.defn(name="returns.assess")
    async def assess(self, request: ReturnAssessmentRequest) -> ReturnAssessment:
        return await self._book.assess(request)

    @activity.defn(name="returns.claim")
    async def claim(self, claim: RefundClaim) -> RefundGrant:
        return await self._book.claim(claim)

    @activity.defn(name="returns.settle")
    async def settle(self, outcome: RefundOutcome) -> None:
        await self._book.settle(outcome)

    @activity.defn(name="returns.change_claim")
    async def change_claim(self, change: ClaimChange) -> ClaimAnswer:
        return await self._book.change_claim(change)

    @activity.defn(name="returns.hand_in")
    async def hand_in(self, replacement: Replacement) -> HandedIn:
        return await self._book.hand_in(replacement)

    @activity.defn(name="returns.record")
    async def record(self, snapshot: ReturnSnapshot) -> None:
        await self._book.record(snapshot)

    @activity.defn(name="returns.tell_stock")
    async def tell_stock(self, news: StockNews) -> StockEventAnswer:
        return await self._stock.apply(news.event, source=news.source)
