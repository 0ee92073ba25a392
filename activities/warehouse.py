"""What an order, and stock, ask of the warehouse."""

from temporalio import activity

from activities.ports.partners import Warehouse
from models.partners.asking import Done, Undo
from models.partners.transfers import TransferOrder
from models.partners.warehouse import RecallAnswer, Release, ReleaseEnquiry, ReleaseStanding


class WarehouseActivities:
    """Verbs over the warehouse's port."""

    def __init__(self, warehouse: Warehouse) -> None:
        """Speak to this warehouse."""
        self._warehouse = warehouse

    @activity.defn(name="wms.release")
    async def release(self, release: Release) -> Done:
        return await self._warehouse.release(release)

    @activity.defn(name="wms.recall")
    async def recall(self, undo: Undo) -> RecallAnswer:
        return await self._warehouse.recall(undo)

    @activity.defn(name="wms.status")
    async def status(self, enquiry: ReleaseEnquiry) -> ReleaseStanding:
        return await self._warehouse.status(enquiry)

    @activity.defn(name="wms.transfer")
    async def transfer(self, order: TransferOrder) -> Done:
        return await self._warehouse.transfer(order)
