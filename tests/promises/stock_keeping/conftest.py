"""The same ledger and its keeper, as time goes by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.promises.backorders.waiting import Waiting

if TYPE_CHECKING:
    from activities.adapters.store.database import Database


@pytest.fixture
def shop(database: Database) -> Waiting:
    return Waiting(database)
