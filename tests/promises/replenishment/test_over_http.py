"""An operator sees what will be ordered and why, plays scenarios, watches campaigns and sends goods himself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import httpx
import pytest
import pytest_asyncio

from api.stock import replenishment_examples as examples
from api.stock.replenishment import (
    Promotions,
    PromotionStanding,
    Proposals,
    Suppliers,
    TransferAccepted,
    TransferBody,
)
from models.errors import Conflict, NotFound
from models.partners.transfers import TransferOrder
from models.stock.replenishment import (
    Promotion,
    Proposal,
    RefusedProposal,
    Scenario,
    ScenarioAnswer,
    SupplierStanding,
    Uncovered,
)
from models.strict_json import read
from tests.promises.api.applications import create_app
from tests.promises.api.fakes import KEY, FakeRunning
from tests.promises.api.stage import Stage, as_json, problem


class Desk:
    """Replenishment that answers with the published examples."""

    policy_version = "2026-11-01"

    def __init__(self) -> None:
        self.kept: dict[str, Promotion] = {}
        self.short: dict[str, Uncovered] = {}

    async def proposals(self) -> tuple[Proposal, ...]:
        return tuple(Proposals.model_validate_json(as_json(examples.PROPOSALS)).proposals)

    async def refused(self) -> tuple[RefusedProposal, ...]:
        return tuple(Proposals.model_validate_json(as_json(examples.PROPOSALS)).refused)

    async def play(self, scenario: Scenario) -> ScenarioAnswer:
        if scenario.node != "berlin":
            raise NotFound(f"there is no node {scenario.node}")
        return read(ScenarioAnswer, as_json(examples.PLAYED)).model_copy(update={"scenario": scenario})

    async def put_promotion(self, promotion: Promotion) -> None:
        self.kept[promotion.id] = promotion

    async def promotions(self) -> tuple[tuple[Promotion, Uncovered | None], ...]:
        return tuple((promotion, self.short.get(key)) for key, promotion in self.kept.items())

    async def suppliers(self) -> tuple[SupplierStanding, ...]:
        return tuple(Suppliers.model_validate_json(as_json(examples.SUPPLIERS)).suppliers)

    async def check_transfer(self, order: TransferOrder) -> None:
        if order.lines[0].quantity > 10:
            raise Conflict("not_available", "berlin cannot spare that")


class Lorries(FakeRunning):
    def __init__(self) -> None:
        super().__init__()
        self.sent: list[TransferOrder] = []

    async def transfer(self, order: TransferOrder) -> None:
        self.sent.append(order)


@dataclass
class Office:
    desk: Desk = field(default_factory=Desk)
    lorries: Lorries = field(default_factory=Lorries)

    def __post_init__(self) -> None:
        services = replace(Stage().services, replenishment=self.desk, running=self.lorries)
        transport = httpx.ASGITransport(create_app(services))
        headers = {"Authorization": f"Bearer {KEY}"}
        self.http = httpx.AsyncClient(transport=transport, base_url="http://api.test/v1/inventory", headers=headers)


@pytest_asyncio.fixture
async def office() -> AsyncIterator[Office]:
    office = Office()
    yield office
    await office.http.aclose()


async def test_what_is_to_be_ordered_is_shown_with_its_reason(office: Office) -> None:
    answer = await office.http.get("/replenishment")
    assert answer.status_code == 200
    assert answer.json() == examples.PROPOSALS


async def test_how_suppliers_deliver_is_shown(office: Office) -> None:
    answer = await office.http.get("/suppliers")
    assert (answer.status_code, answer.json()) == (200, examples.SUPPLIERS)


async def test_a_scenario_is_played(office: Office) -> None:
    answer = await office.http.post("/replenishment/scenarios", json=examples.SCENARIO)
    assert answer.status_code == 200
    assert answer.json() == examples.PLAYED
    problem(await office.http.post("/replenishment/scenarios", json=examples.SCENARIO | {"node": "atlantis"}), 404)
    problem(await office.http.post("/replenishment/scenarios", json=examples.SCENARIO | {"days": 0}), 422)
    problem(await office.http.post("/replenishment/scenarios", json=examples.SCENARIO | {"order_up_to": 10**39}), 422)


async def test_a_campaign_is_watched_and_says_what_is_missing(office: Office) -> None:
    missing = read(Uncovered, as_json(examples.PROMOTION_STANDING["uncovered"]))
    office.desk.short["spring-mugs"] = missing
    answer = await office.http.post("/promotions", json=examples.PROMOTION)
    assert answer.status_code == 200
    assert answer.json() == examples.PROMOTION_STANDING
    listed = await office.http.get("/promotions")
    assert listed.json() == examples.PROMOTIONS


async def test_a_transfer_is_taken_on_with_the_callers_name_and_done_once_a_key(office: Office) -> None:
    headers = {"Idempotency-Key": "window-1"}
    answers = [await office.http.post("/transfers", json=examples.TRANSFER, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    [sent] = office.lorries.sent
    assert answers[0].json()["id"] == answers[1].json()["id"] == sent.key
    assert (sent.from_node, sent.to_node, sent.lines[0].quantity) == ("berlin", "store-mitte", 6)
    assert sent.reason.startswith("the shop window is empty (")


async def test_what_cannot_be_spared_is_refused_and_nobody_is_asked(office: Office) -> None:
    lines = [{"sku": "MUG-BLUE", "quantity": 11}]
    problem(await office.http.post("/transfers", json=examples.TRANSFER | {"lines": lines}), 409, "not_available")
    assert office.lorries.sent == []


@pytest.mark.parametrize("path", ["/replenishment", "/promotions"])
async def test_a_stranger_sees_nothing(office: Office, path: str) -> None:
    problem(await office.http.get(path, headers={"Authorization": "Bearer wrong"}), 401)


def test_the_published_examples_are_what_is_read_and_answered() -> None:
    for model, example in (
        (Scenario, examples.SCENARIO),
        (Promotion, examples.PROMOTION),
        (TransferBody, examples.TRANSFER),
        (Proposals, examples.PROPOSALS),
        (ScenarioAnswer, examples.PLAYED),
        (PromotionStanding, examples.PROMOTION_STANDING),
        (Promotions, examples.PROMOTIONS),
        (TransferAccepted, examples.TRANSFER_ACCEPTED),
    ):
        assert model.model_validate_json(as_json(example)).model_dump(mode="json", exclude_unset=True) == example
