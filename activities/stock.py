"""What an order asks of the stock ledger."""

from temporalio import activity

from activities.ports.stock import StockLedger
from models.errors import Conflict
from models.stock.backorders import BackorderAnswer, BackorderRequest
from models.stock.outlook import ReleaseCheck, ReleaseOutlook
from models.stock.reservation import (
    NOT_RESERVED,
    Consumption,
    ReservationAnswer,
    ReservationCommit,
    ReservationExtension,
    ReservationRelease,
    ReservationRequest,
    ReservationStanding,
)


class StockActivities:
    """Verbs over the stock ledger's port; ours, and quick: run as local activities."""

    def __init__(self, stock: StockLedger) -> None:
        """Write to this ledger."""
        self._stock = stock

    @activity.defn(name="stock.reserve")
    async def reserve(self, request: ReservationRequest) -> ReservationAnswer:
        return await self._stock.reserve(request)

    @activity.defn(name="stock.backorder")
    async def backorder(self, request: BackorderRequest) -> BackorderAnswer:
        return await self._stock.backorder(request)

    @activity.defn(name="stock.extend")
    async def extend(self, extension: ReservationExtension) -> ReservationStanding:
        return await self._stock.extend(extension)

    @activity.defn(name="stock.commit")
    async def commit(self, commit: ReservationCommit) -> ReservationStanding:
        return await self._stock.commit(commit)

    @activity.defn(name="stock.outlook")
    async def outlook(self, check: ReleaseCheck) -> ReleaseOutlook:
        return await self._stock.outlook(check)

    @activity.defn(name="stock.release")
    async def release(self, release: ReservationRelease) -> None:
        await self._stock.release(release)

    @activity.defn(name="stock.consume")
    async def consume(self, consumption: Consumption) -> None:
        try:
            await self._stock.consume(consumption)
        except Conflict as error:
            if error.code not in NOT_RESERVED:
                raise
            await self._stock.consume_beyond(consumption)
