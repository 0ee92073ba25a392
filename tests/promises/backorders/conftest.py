"""A queue of backorders, on a database of either kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.promises.backorders.waiting import Waiting

if TYPE_CHECKING:
    from activities.adapters.store.database import Database


@pytest.fixture
def waiting(database: Database) -> Waiting:
    return Waiting(database)
