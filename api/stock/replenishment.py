"""Replenishment: what is to be bought and why, what would happen if, campaigns without stock, and transfers by hand."""

from __future__ import annotations

from typing import Annotated, Protocol

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from api.http.authentication import Caller
from api.http.body import read_as
from api.http.documentation import answers, body, reference
from api.http.idempotency import message_id, once
from api.intake.intake import accepted
from api.orders.views import View
from api.services import Provided
from api.stock import replenishment_examples as examples
from models.base import Identifier, Note, StrictModel
from models.errors import NotFound
from models.ids import OrderId
from models.partners.transfers import TransferLine, TransferOrder
from models.stock.replenishment import (
    Promotion,
    Proposal,
    RefusedProposal,
    Scenario,
    ScenarioAnswer,
    SupplierStanding,
    Uncovered,
)

router = APIRouter(prefix="/v1/inventory", tags=["replenishment"])


class Replenishment(Protocol):
    """Replenishment as the API works on it."""

    @property
    def policy_version(self) -> str:
        """Of the rules in force."""

    async def proposals(self) -> tuple[Proposal, ...]:
        """What is asked for and not settled, and what the rules ask for now."""

    async def refused(self) -> tuple[RefusedProposal, ...]:
        """What partners have refused and is asked for anew after a while."""

    async def play(self, scenario: Scenario) -> ScenarioAnswer:
        """Run a scenario; raises `NotFound` for a node nobody knows."""

    async def put_promotion(self, promotion: Promotion) -> None:
        """Watch a campaign, or change it; raises `InvalidInput`."""

    async def promotions(self) -> tuple[tuple[Promotion, Uncovered | None], ...]:
        """The campaigns that have not ended, with what the stock does not cover."""

    async def suppliers(self) -> tuple[SupplierStanding, ...]:
        """How each supplier delivers, the one who is late most often first."""

    async def check_transfer(self, order: TransferOrder) -> None:
        """See that a transfer can be asked for; raises `Conflict` or `InvalidInput`."""


class Proposals(View):
    """What is to be ordered by the rules in force, and why."""

    policy_version: str
    proposals: list[Proposal]
    refused: list[RefusedProposal]
    """What partners have refused; it is asked for anew some hours later, as it is wanted then."""


class PromotionStanding(View):
    """A campaign, and what the stock does not cover of it."""

    promotion: Promotion
    uncovered: Uncovered | None
    """None: there is enough."""


class Promotions(View):
    """The campaigns that have not ended, the first to end first."""

    promotions: list[PromotionStanding]


class Suppliers(View):
    """How suppliers deliver, by the purchase orders of the last year; the one who is late most often first."""

    suppliers: list[SupplierStanding]


class TransferBody(StrictModel):
    """Goods that are to go from one node to another at once; quantities are in each article's own unit."""

    from_node: Identifier
    to_node: Identifier
    lines: Annotated[tuple[TransferLine, ...], Field(min_length=1, max_length=100)]
    reason: Annotated[Note, Field(max_length=400)]
    order_id: OrderId | None = None
    """The order that waits for it, if one does."""


class TransferAccepted(View):
    """The transfer's id, which stands in every event about it and is its workflow's id."""

    id: str
    message: str


BODIES = (Scenario, Promotion, TransferBody)
"""Schemas of what is read by hand."""


def _desk(services: Provided) -> Replenishment:
    if services.replenishment is None:
        message = "replenishment is not run here"
        raise NotFound(message)
    return services.replenishment


Desk = Annotated[Replenishment, Depends(_desk)]


@router.get(
    "/replenishment",
    summary="Show what is to be ordered, and why",
    responses=answers(401, 404, 503, s200=(Proposals, examples.PROPOSALS)),
)
async def proposals(desk: Desk, _caller: Caller) -> Proposals:
    """What the next round will order, if nothing changes until then."""
    wanted, refused = await desk.proposals(), await desk.refused()
    return Proposals(policy_version=desk.policy_version, proposals=list(wanted), refused=list(refused))


@router.post(
    "/replenishment/scenarios",
    response_class=Response,
    summary="Play a scenario",
    responses=answers(400, 401, 404, 408, 409, 413, 415, 422, 503, s200=(ScenarioAnswer, examples.PLAYED)),
    openapi_extra=body(reference("Scenario"), examples.SCENARIO),
)
async def play(request: Request, services: Provided, desk: Desk, caller: Caller) -> Response:
    """Run an article's stock at a node forward under another demand, a late supplier or another rule."""

    async def act(sent: bytes) -> Response:
        answer = await desk.play(read_as(Scenario, sent))
        return Response(answer.model_dump_json(), media_type="application/json")

    return await once(request, services, caller, act)


@router.post(
    "/promotions",
    response_class=Response,
    summary="Watch a campaign's stock",
    responses=answers(
        400, 401, 404, 408, 409, 413, 415, 422, 503, s200=(PromotionStanding, examples.PROMOTION_STANDING)
    ),
    openapi_extra=body(reference("Promotion"), examples.PROMOTION),
)
async def put_promotion(request: Request, services: Provided, desk: Desk, caller: Caller) -> Response:
    """Add a campaign, or change the one of that id; answers whether the stock covers it."""

    async def act(sent: bytes) -> Response:
        promotion = read_as(Promotion, sent)
        await desk.put_promotion(promotion)
        short = {one.id: uncovered for one, uncovered in await desk.promotions()}
        standing = PromotionStanding(promotion=promotion, uncovered=short.get(promotion.id))
        return Response(standing.model_dump_json(), media_type="application/json")

    return await once(request, services, caller, act)


@router.get(
    "/promotions",
    summary="Show campaigns and whether the stock covers them",
    responses=answers(401, 404, 503, s200=(Promotions, examples.PROMOTIONS)),
)
async def promotions(desk: Desk, _caller: Caller) -> Promotions:
    """Every campaign that has not ended, the first to end first."""
    found = await desk.promotions()
    return Promotions(promotions=[PromotionStanding(promotion=one, uncovered=short) for one, short in found])


@router.get(
    "/suppliers",
    summary="Show how suppliers deliver",
    responses=answers(401, 404, 503, s200=(Suppliers, examples.SUPPLIERS)),
)
async def suppliers(desk: Desk, _caller: Caller) -> Suppliers:
    """How long after an order each supplier promises his goods, and how often and how far he puts them off."""
    return Suppliers(suppliers=list(await desk.suppliers()))


@router.post(
    "/transfers",
    status_code=202,
    response_class=Response,
    summary="Send goods from one node to another",
    responses=answers(400, 401, 404, 408, 409, 413, 415, 422, 503, s202=(TransferAccepted, examples.TRANSFER_ACCEPTED)),
    openapi_extra=body(reference("TransferBody"), examples.TRANSFER),
)
async def transfer(request: Request, services: Provided, desk: Desk, caller: Caller) -> Response:
    """Have goods sent at once. What orders were promised stays; the caller's name goes with the reason."""

    async def act(sent: bytes) -> Response:
        wanted = read_as(TransferBody, sent)
        order = TransferOrder(
            key=message_id("transfer", request, caller, sent),
            from_node=wanted.from_node,
            to_node=wanted.to_node,
            lines=wanted.lines,
            order_id=wanted.order_id,
            reason=f"{wanted.reason} ({caller.name})"[:500],
        )
        await desk.check_transfer(order)
        await services.running.transfer(order)
        return accepted(TransferAccepted(id=order.key, message="the warehouse is asked to send it"))

    return await once(request, services, caller, act)
