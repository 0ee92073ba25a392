"""What has to be done about stock as time goes by, and comparing our books with those of our partners."""

from temporalio import activity

from activities.ports.partners import Erp, Warehouse
from activities.ports.stock import StockKeeping
from models.stock.differences import DifferenceKind


class StockKeepingActivities:
    """Verbs over our own stock keeping; each does a part in a short time: run as local activities."""

    def __init__(self, keeping: StockKeeping) -> None:
        """Keep this stock."""
        self._keeping = keeping

    @activity.defn(name="stock_keeping.expire")
    async def expire(self, limit: int) -> int:
        return await self._keeping.expire(limit=limit)

    @activity.defn(name="stock_keeping.fence")
    async def fence(self) -> int:
        return await self._keeping.fence()

    @activity.defn(name="stock_keeping.fill")
    async def fill(self, limit: int) -> int:
        return await self._keeping.fill(limit=limit)

    @activity.defn(name="stock_keeping.audit")
    async def audit(self) -> int:
        """Answer how many differences there are; they themselves are written down by the audit."""
        return len(await self._keeping.audit())


class WarehouseCheckActivities:
    """Asks the warehouse and compares at once: what it has on all its shelves is more than a payload may hold."""

    def __init__(self, warehouse: Warehouse, keeping: StockKeeping) -> None:
        """Compare this warehouse with our books."""
        self._warehouse = warehouse
        self._keeping = keeping

    @activity.defn(name="wms.compare_stock")
    async def compare(self) -> int:
        """Answer how many differences there are."""
        counts = await self._warehouse.counts()
        return len(await self._keeping.compare(DifferenceKind.WAREHOUSE, counts))


class ErpCheckActivities:
    """The same for the ERP's books."""

    def __init__(self, erp: Erp, keeping: StockKeeping) -> None:
        """Compare this ERP with our books."""
        self._erp = erp
        self._keeping = keeping

    @activity.defn(name="erp.compare_stock")
    async def compare(self) -> int:
        """Answer how many differences there are."""
        levels = await self._erp.stock_levels()
        return len(await self._keeping.compare(DifferenceKind.ERP, levels))
