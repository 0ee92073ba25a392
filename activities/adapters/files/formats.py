"""Every format a file of orders may have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.files.csv_orders import CsvOrders
from activities.adapters.files.json_lines import JsonLines
from activities.adapters.files.retail.sales import RetailSales
from activities.adapters.files.x12.reading import X12Orders

if TYPE_CHECKING:
    from activities.records.batches import BatchReader
    from models.batch.batch import BatchFormat


def readers() -> dict[BatchFormat, BatchReader]:
    """One reader a format."""
    made: tuple[BatchReader, ...] = (CsvOrders(), JsonLines(), RetailSales(), X12Orders())
    return {reader.format: reader for reader in made}
