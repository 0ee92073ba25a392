"""One stage a test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.promises.api.stage import Stage


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Stage]:
    stage = Stage()
    yield stage
    await stage.http.aclose()
    await stage.stranger.aclose()
