"""A shop floor on a database of either kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.promises.stock_events.telling import Floor

if TYPE_CHECKING:
    from activities.adapters.store.database import Database


@pytest.fixture
def floor(database: Database) -> Floor:
    return Floor(database)
