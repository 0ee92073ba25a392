"""A round orders everything that is proposed, once, whatever the partners do; what is refused stops nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

import pytest
import pytest_asyncio
from temporalio import activity
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from models.errors import Refused, Transient, Unavailable, Uncertain
from models.partners.asking import Done
from models.partners.transfers import PurchaseRequisition, RequisitionAnswer, TransferLine, TransferOrder
from models.stock.replenishment import Proposal, ReplenishmentReport
from tests.promises.orders.world import FakeErp, FakeWarehouse, World, ports
from tests.promises.replenishment.pictures import NOW
from workers.assembly import Workers

_numbers = count(1)


def proposal(sku: str = "MUG", *, quantity: int = 40, from_node: str | None = None) -> Proposal:
    return Proposal(
        key=f"replenish/berlin/{sku}/{next(_numbers)}",
        sku=sku,
        node="store" if from_node else "berlin",
        quantity=quantity,
        from_node=from_node,
        expected_at=NOW,
        because="3 left",
    )


class Purchasing(FakeErp):
    """Answers each key with a number of its own; articles in `unknown` are refused."""

    async def requisition(self, requisition: PurchaseRequisition) -> RequisitionAnswer:
        if requisition.sku in self.world.unknown:
            self.world.journal.append(("refused", requisition.key))
            raise Refused("erp", "no such article", code="unknown_item")
        answer = RequisitionAnswer(reference=f"PO {requisition.key}")
        return await self.world.effect("requisition", requisition.key, lambda: answer)


class Lorries(FakeWarehouse):
    """The same for transfers."""

    async def transfer(self, order: TransferOrder) -> Done:
        return await self.world.effect("transfer", order.key, lambda: Done(reference=f"TR {order.key}"))


@dataclass
class Wanted:
    """Proposes what is not ordered yet."""

    open: list[Proposal] = field(default_factory=list)
    noted: list[tuple[str, str]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)

    async def to_ask(self, most: int) -> tuple[Proposal, ...]:
        assert most
        within = activity.info().start_to_close_timeout
        assert within is not None
        assert within >= timedelta(minutes=5), "of a hundred thousand articles each shelf is looked at"
        return tuple(self.open)

    async def turned_down(self, proposal: Proposal, why: str) -> None:
        self.refused.append((proposal.key, why))

    async def ordered(self, proposal: Proposal, answer: RequisitionAnswer) -> None:
        self.noted.append((proposal.key, answer.reference))
        self.open = [one for one in self.open if one.key != proposal.key]


@dataclass
class Round:
    """Rounds over a world."""

    client: Client
    world: World
    wanted: Wanted

    async def run(self, *proposals: Proposal) -> ReplenishmentReport:
        self.wanted.open += proposals
        return await self.client.execute_workflow(
            "ReplenishmentWorkflow",
            id=f"replenishment-{next(_numbers)}",
            task_queue="orders",
            result_type=ReplenishmentReport,
        )

    async def transfer(self, *arguments: object) -> str:
        answer: str = await self.client.execute_workflow(
            "TransferWorkflow",
            args=list(arguments),
            id=f"transfer:{next(_numbers)}",
            task_queue="orders",
            result_type=str,
        )
        return answer


@pytest_asyncio.fixture(loop_scope="session")
async def rounds(server: WorkflowEnvironment) -> AsyncIterator[Round]:
    world, wanted = World(client=server.client), Wanted()
    partners = ports(world) | {"erp": Purchasing(world), "warehouse": Lorries(world), "replenishing": wanted}
    async with Workers(server.client, **partners).running():
        yield Round(server.client, world, wanted)


async def test_what_runs_short_is_bought_and_noted(rounds: Round) -> None:
    one, other = proposal("MUG"), proposal("LAMP")
    report = await rounds.run(one, other)
    assert {result.reference for result in report.asked} == {f"PO {one.key}", f"PO {other.key}"}
    assert sorted(rounds.wanted.noted) == sorted([(one.key, f"PO {one.key}"), (other.key, f"PO {other.key}")])


async def test_with_nothing_to_order_a_round_is_over_at_once(rounds: Round) -> None:
    assert (await rounds.run()).asked == ()


async def test_goods_of_another_node_are_moved_and_tell_of_it_themselves(rounds: Round) -> None:
    moved = proposal(from_node="berlin")
    [result] = (await rounds.run(moved)).asked
    assert result.reference == f"TR {moved.key}"
    assert rounds.world.done("transfer") == [moved.key]
    assert rounds.world.done("requisition") == []
    assert rounds.wanted.noted == []


async def test_a_lost_reply_does_not_order_twice(rounds: Round) -> None:
    rounds.world.lost["requisition"].append(Transient("erp", "the connection broke"))
    one = proposal()
    [result] = (await rounds.run(one)).asked
    assert result.reference
    assert rounds.world.done("requisition") == [one.key]
    assert len(rounds.wanted.noted) == 1


async def test_two_rounds_at_once_order_once(rounds: Round) -> None:
    one = proposal()
    rounds.wanted.open.append(one)
    await asyncio.gather(rounds.run(), rounds.run())
    assert rounds.world.done("requisition") == [one.key]


async def test_a_refusal_is_noted_and_stops_nothing_else(rounds: Round) -> None:
    rounds.world.unknown.add("GHOST")
    bad, good = proposal("GHOST"), proposal("MUG")
    report = await rounds.run(bad, good)
    results = {result.sku: result for result in report.asked}
    assert results["GHOST"].trouble == "no such article"
    assert results["GHOST"].reference is None
    assert results["MUG"].reference


async def test_what_was_refused_is_written_down_with_the_partners_words_and_not_asked_again_at_once(
    rounds: Round,
) -> None:
    rounds.world.unknown.add("GHOST")
    bad = proposal("GHOST")
    await rounds.run(bad)
    assert rounds.world.done("refused") == [bad.key]
    assert rounds.wanted.refused == [(bad.key, "no such article")]


async def test_nobody_knows_whether_it_was_ordered_so_it_is_not_asked_again_under_another_key(rounds: Round) -> None:
    rounds.world.lost["requisition"].append(Uncertain("erp", "has something else under this key", code="key_reused"))
    one = proposal()
    [result] = (await rounds.run(one)).asked
    assert result.trouble == "has something else under this key"
    assert rounds.world.done("requisition") == [one.key]
    [result] = (await rounds.run()).asked
    assert result.reference, "the next round settles it under the same key"
    assert rounds.world.done("requisition") == [one.key]


async def test_a_partner_that_is_away_for_a_moment_is_waited_for(rounds: Round) -> None:
    rounds.world.faults["transfer"].append(Unavailable("wms", "is not available", retry_after_s=0.1))
    [result] = (await rounds.run(proposal(from_node="berlin"))).asked
    assert result.reference


ORDER = TransferOrder(
    key="transfer:by-hand",
    from_node="berlin",
    to_node="store",
    lines=(TransferLine(sku="MUG", quantity=2),),
    reason="the shop window is empty",
)


async def test_an_operators_transfer_is_sent_once(rounds: Round) -> None:
    rounds.world.lost["transfer"].append(Transient("wms", "the connection broke"))
    assert await rounds.transfer(ORDER) == "TR transfer:by-hand"
    assert rounds.world.done("transfer") == ["transfer:by-hand"]


async def test_a_transfer_the_warehouse_refuses_fails_with_its_words(rounds: Round) -> None:
    rounds.world.faults["transfer"].append(Refused("wms", "berlin has not 2 of MUG", code="not_there"))
    with pytest.raises(WorkflowFailureError) as caught:
        await rounds.transfer(ORDER)
    assert isinstance(caught.value.cause, ApplicationError)
    assert "berlin has not 2 of MUG" in str(caught.value.cause)


@pytest.mark.parametrize("start", [(), ({"from_node": "berlin"},), (ORDER, ORDER)], ids=["none", "half", "two"])
async def test_a_bad_start_fails_at_once_and_wedges_nothing(rounds: Round, start: tuple[object, ...]) -> None:
    with pytest.raises(WorkflowFailureError) as caught:
        await rounds.transfer(*start)
    assert isinstance(caught.value.cause, ApplicationError)
    assert caught.value.cause.type == "invalid"
