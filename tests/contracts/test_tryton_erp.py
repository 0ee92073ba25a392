"""Tryton as the ERP passes what every ERP passes: the real server, with two workers and PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from activities.adapters.tryton.erp.adapter import TrytonErp
from activities.adapters.tryton.erp.documents import TrytonDocuments
from tests.contracts.between import between
from tests.contracts.erp import ErpContract
from tests.contracts.erp_asks import Stand
from tests.contracts.tryton import Office, TrytonBooks, office

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def tryton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("tryton") / "erp") as running:
        yield running


@pytest.fixture(scope="module")
async def books(tryton: Office) -> AsyncIterator[TrytonBooks]:
    clerk = tryton.clerk()
    yield TrytonBooks(clerk)
    await clerk.close()


@pytest.fixture
async def erp(tryton: Office, books: TrytonBooks) -> AsyncIterator[Stand]:
    async with between(tryton.url) as way:
        adapter = TrytonErp(tryton.settings(way.url, page=10))
        hasty = TrytonErp(tryton.settings(way.url, timeout_s=0.5))
        documents = TrytonDocuments(tryton.settings(page=10))
        yield Stand(
            adapter=adapter,
            way=way,
            books=books,
            documents=documents,
            hasty=hasty,
            making={
                "order": ("POST", "/model/sale.sale?"),
                "invoice": ("POST", "/model/account.invoice?"),
                "memo": ("POST", "/model/account.invoice?"),
                "requisition": ("POST", "/model/purchase.requisition?"),
                "drop_ship": ("POST", "/model/purchase.purchase?"),
            },
        )
        for one in (adapter, hasty, documents):
            await one.close()


class TestTrytonErp(ErpContract):
    """Tryton has no exceptions."""
