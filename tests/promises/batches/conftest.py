"""One table a test, on either database."""

from __future__ import annotations

import pytest

from activities.adapters.store.database import Database
from tests.promises.batches.table import Table


@pytest.fixture
def table(database: Database) -> Table:
    return Table(database)
