"""Stock: what may be promised and why, what moved, who waits, what comes, where books differ, and the nodes.

An article's name may hold anything, slashes too: it is the rest of the path, so its routes stand after the others.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.http.authentication import Caller
from api.http.body import read_as
from api.http.documentation import answers, body, reference
from api.http.problems import INVALID, Refusal
from api.orders.routes import Cursor, Limit, link_to_next
from api.services import Provided, Services
from api.stock import examples
from api.stock.times import WrittenOut
from api.stock.views import (
    BackorderPage,
    BackorderView,
    DifferencePage,
    MovementPage,
    MovementView,
    NodeList,
    Risks,
    RiskView,
    ShortAvailabilities,
    ShortAvailability,
    SupplyDetail,
    SupplyPage,
    SupplyView,
    TouchedOrderView,
)
from models.base import ChannelName, Identifier, Sku, Text
from models.errors import InvalidInput, NotFound
from models.policy.checking import impossible_days
from models.stock.availability import Availability, AvailabilityQuestion
from models.stock.differences import DifferenceState
from models.stock.nodes import Node

router = APIRouter(prefix="/v1/inventory", tags=["inventory"])

Article = Annotated[Sku, Path(description="The article; slashes may stand as they are or as %2F.", examples=["MUG"])]
SupplyId = Annotated[Text, Path(description="The purchase order's or transfer's number.", examples=["PO-17"])]
NodeName = Annotated[Identifier, Path(description="The node's name.", examples=["north"])]
_MOST_ARTICLES = 100
Articles = Annotated[list[Sku], Field(min_length=1, max_length=_MOST_ARTICLES)]
"""Articles, each as a parameter of its own."""


def _parted(given: object) -> object:
    return [part for one in given for part in str(one).split(",")] if isinstance(given, list) else given


class _Query(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Asked(_Query):
    """For whom, where and when."""

    channel: ChannelName | None = None
    """By this channel's rules; none: by no channel's."""
    customer_class: Identifier | None = None
    """With what is set aside for this class of customers."""
    node: Identifier | None = None
    """At this place alone, also where customers can only collect it. None: what can be sent, from all together."""
    at: WrittenOut | None = None
    """With what is expected by then (RFC 3339, with its offset)."""


class SeveralAsked(_Query):
    """Which articles, for whom and when."""

    sku: Annotated[list[Sku], Field(max_length=_MOST_ARTICLES)] = []
    """May stand several times."""
    skus: Annotated[list[Sku], BeforeValidator(_parted), Field(max_length=_MOST_ARTICLES)] = []
    """The same in short, parted by commas, for articles without a comma in their names."""
    channel: ChannelName | None = None
    customer_class: Identifier | None = None
    at: WrittenOut | None = None


class PageQuery(_Query):
    """How many at once, and from where."""

    limit: Limit = 50
    cursor: Cursor | None = None
    """`next_cursor` of the page before."""


class MovementQuery(PageQuery):
    """Which movements."""

    node: Identifier | None = None


class BackorderQuery(PageQuery):
    """Which backorders."""

    sku: Sku | None = None


class SupplyQuery(PageQuery):
    """Which supplies."""

    sku: Sku | None = None
    late: bool = False
    """Only what is expected later than was said first, or was expected by now and has not come."""


class RiskQuery(_Query):
    """Whose articles, and how far ahead."""

    channel: ChannelName | None = None
    within_days: Annotated[int, Field(ge=1, le=365)] = 7
    limit: Limit = 50


class DifferenceQuery(PageQuery):
    """Which differences."""

    state: DifferenceState | None = None


@router.get(
    "", summary="Ask about several articles", responses=answers(401, 422, s200=(ShortAvailabilities, examples.SHORT))
)
async def several(services: Provided, _caller: Caller, wanted: Annotated[SeveralAsked, Query()]) -> ShortAvailabilities:
    """Numbers without reasons, in the order asked for; each article's `location` explains its own."""
    skus = dict.fromkeys(wanted.sku + wanted.skus)
    if not skus:
        missing = {"parameter": "sku", "code": "missing", "message": "is needed: at least one article"}
        raise Refusal(INVALID, "sku: at least one article is needed", errors=[missing])
    articles = [ShortAvailability.of(sku, await _known(services, wanted, sku)) for sku in skus]
    return ShortAvailabilities(channel=wanted.channel, articles=articles)


@router.get(
    "/risks",
    summary="List what channels will soon have none of",
    responses=answers(401, 422, s200=(Risks, examples.RISKS)),
)
async def risks(services: Provided, _caller: Caller, wanted: Annotated[RiskQuery, Query()]) -> Risks:
    """List articles by channel that last no longer than so many days at today's pace, the soonest first."""
    found = await services.inventory.running_out(
        channel=wanted.channel, within_days=wanted.within_days, limit=wanted.limit
    )
    return Risks(within_days=wanted.within_days, risks=[RiskView.of(one) for one in found])


@router.get(
    "/backorders",
    summary="List who waits for stock",
    responses=answers(401, 422, s200=(BackorderPage, examples.BACKORDERS)),
)
async def backorders(
    request: Request,
    response: Response,
    services: Provided,
    _caller: Caller,
    wanted: Annotated[BackorderQuery, Query()],
) -> BackorderPage:
    """List backorders in the order in which they will be served."""
    found = await services.inventory.backorders(sku=wanted.sku, cursor=wanted.cursor, limit=wanted.limit)
    link_to_next(request, response, wanted, found.next_cursor)
    return BackorderPage(backorders=[BackorderView.of(one) for one in found.items], next_cursor=found.next_cursor)


@router.get(
    "/supplies", summary="List what is expected", responses=answers(401, 422, s200=(SupplyPage, examples.SUPPLIES))
)
async def supplies(
    request: Request, response: Response, services: Provided, _caller: Caller, wanted: Annotated[SupplyQuery, Query()]
) -> SupplyPage:
    """List what is outstanding, the soonest first; what has no date comes last."""
    found = await services.inventory.supplies(
        sku=wanted.sku, late=wanted.late, cursor=wanted.cursor, limit=wanted.limit
    )
    link_to_next(request, response, wanted, found.next_cursor)
    return SupplyPage(supplies=[SupplyView.of(one) for one in found.items], next_cursor=found.next_cursor)


@router.get(
    "/supplies/{supply_id:path}",
    summary="Show a supply and whom it touches",
    responses=answers(401, 404, s200=(SupplyDetail, examples.SUPPLY)),
)
async def supply(services: Provided, _caller: Caller, supply_id: SupplyId) -> SupplyDetail:
    """Show a purchase or transfer, the orders its date touches, and what they could be offered instead."""
    articles = await services.inventory.supply(supply_id)
    touched = await services.inventory.touched_by(supply_id)
    return SupplyDetail(
        id=supply_id,
        articles=[SupplyView.of(one) for one in articles],
        touched=[TouchedOrderView.of(one) for one in touched],
    )


@router.get(
    "/differences",
    summary="List where books differ",
    responses=answers(401, 422, s200=(DifferencePage, examples.DIFFERENCES)),
)
async def differences(
    request: Request,
    response: Response,
    services: Provided,
    _caller: Caller,
    wanted: Annotated[DifferenceQuery, Query()],
) -> DifferencePage:
    """List differences between our books, the movements, the warehouses' and the ERP's, the latest seen first."""
    found = await services.inventory.differences(state=wanted.state, cursor=wanted.cursor, limit=wanted.limit)
    link_to_next(request, response, wanted, found.next_cursor)
    return DifferencePage(differences=found.items, next_cursor=found.next_cursor)


@router.get("/nodes", summary="List nodes", responses=answers(401))
async def nodes(services: Provided, _caller: Caller) -> NodeList:
    """List every place with stock, the preferred first."""
    return NodeList(nodes=list(await services.inventory.nodes()))


@router.put(
    "/nodes/{name}",
    summary="Add or change a node",
    responses=answers(400, 401, 404, 408, 413, 415, 422, s200=(Node, examples.NODE)),
    openapi_extra={"requestBody": body(reference("Node"), examples.NODE)["requestBody"]},
)
async def put_node(request: Request, services: Provided, _caller: Caller, name: NodeName) -> Node:
    """Keep a node as it is described; the same again changes nothing."""
    node = read_as(Node, await request.body())
    if node.name != name:
        raise InvalidInput.at("/name", "other_name", f"is not the name in the address: {name}")
    if strange := list(impossible_days(node.calendar.closed_on, "/calendar/closed_on")):
        raise InvalidInput(strange)
    await services.inventory.put_node(node)
    return node


@router.get(
    "/{sku:path}/movements",
    summary="List an article's movements",
    responses=answers(401, 404, 422, s200=(MovementPage, examples.MOVEMENTS)),
)
async def movements(
    request: Request,
    response: Response,
    services: Provided,
    _caller: Caller,
    sku: Article,
    wanted: Annotated[MovementQuery, Query()],
) -> MovementPage:
    """List every change of an article's balances, newest first, with its document and who told."""
    found = await services.inventory.movements(sku, node=wanted.node, cursor=wanted.cursor, limit=wanted.limit)
    link_to_next(request, response, wanted, found.next_cursor)
    return MovementPage(movements=[MovementView.of(one) for one in found.items], next_cursor=found.next_cursor)


@router.get(
    "/{sku:path}",
    summary="Explain what may be promised",
    responses=answers(401, 404, 422, s200=(Availability, examples.AVAILABILITY)),
)
async def explain(services: Provided, _caller: Caller, sku: Article, wanted: Annotated[Asked, Query()]) -> Availability:
    """Show a number and the terms it is the sum of, each with the rule or the fact behind it."""
    return await _ask(services, AvailabilityQuestion(sku=sku, **dict(wanted)))


async def _known(services: Services, wanted: SeveralAsked, sku: str) -> Availability | None:
    question = AvailabilityQuestion(sku=sku, channel=wanted.channel, customer_class=wanted.customer_class, at=wanted.at)
    try:
        return await _ask(services, question)
    except NotFound:
        return None


async def _ask(services: Services, question: AvailabilityQuestion) -> Availability:
    """Ask the inventory; what is wrong with the question is wrong with the address, not with a body."""
    try:
        return await services.inventory.availability(question)
    except InvalidInput as error:
        errors = [
            {"parameter": each.pointer.removeprefix("/"), "code": each.code, "message": each.message}
            for each in error.errors
        ]
        first = errors[0]
        raise Refusal(INVALID, f"{first['parameter']}: {first['message']}", errors=errors) from error
