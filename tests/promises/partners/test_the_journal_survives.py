"""A partner that is killed remembers what it did, and forgets only its dials."""

from __future__ import annotations

import pytest

from activities.adapters.partners import Partners
from models.errors import Transient
from tests.promises.partners.asks import new_order, sales_order
from tests.promises.partners.sandbox import SandboxProcess


async def test_an_effect_committed_before_a_kill_is_there_once_after_it(
    partners: Partners, services: dict[str, SandboxProcess]
):
    erp, order = services["erp"], sales_order(new_order())
    with erp.dialled(fail_next=["drop_after", "error_500"], fail_next_lookup=["drop_before"]):
        with pytest.raises(Transient):
            await partners.erp.create_order(order)
        erp.kill()
        erp.start()
        erp.ready()
        assert erp.get("/dials")["fail_next"] == []
        again = await partners.erp.create_order(order)
    assert [effect["receipt"]["answer"]["reference"] for effect in erp.effects(order.key)] == [again.reference]
