"""Keys of any spelling, and faults in any order."""

from __future__ import annotations

import asyncio

import pytest

from activities.adapters.partners import Partners
from models.errors import Transient, Unavailable, Uncertain
from models.partners.payments import AuthorisationRequest
from tests.promises.partners.asks import authorisation, new_order
from tests.promises.partners.sandbox import SandboxProcess


@pytest.mark.parametrize("odd", ["größe №1", "100%2F", "a b?c#d&e=f", "/../", "王~2", "x" * 200])
async def test_an_effect_is_found_under_a_key_of_any_spelling(
    partners: Partners, services: dict[str, SandboxProcess], odd: str
):
    order_id = new_order()
    asked = authorisation(order_id).model_copy(update={"key": f"{order_id}/{odd}"})
    with services["payment"].dialled(fail_next=["drop_after"]):
        answer = await partners.payments.authorise(asked)
    [committed] = services["payment"].effects(asked.key)
    assert committed["receipt"]["answer"]["reference"] == answer.reference


async def test_with_faults_drawn_by_chance_every_effect_is_there_once_in_the_end(
    partners: Partners, services: dict[str, SandboxProcess]
):
    async def until_done(asked: AuthorisationRequest) -> str:
        for _ in range(100):
            try:
                return (await partners.payments.authorise(asked)).reference
            except (Transient, Unavailable, Uncertain):
                continue
        raise AssertionError(asked.key)

    asked = [authorisation(new_order()) for _ in range(40)]
    with services["payment"].dialled(fail_rate=0.3, slow_ms=50):
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(until_done(each)) for each in asked]
    for each, task in zip(asked, tasks, strict=True):
        [committed] = services["payment"].effects(each.key)
        assert committed["receipt"]["answer"]["reference"] == task.result()
