"""The examples of stock in the published description are real requests and answers."""

from __future__ import annotations

import json

import pytest
from pydantic import BaseModel

from api.stock import examples, views
from api.stock.events import read_stock_event
from models.stock.availability import Availability
from models.stock.events import StockEventAnswer
from models.stock.nodes import Node


@pytest.mark.parametrize(
    ("model", "example"),
    [
        (Availability, examples.AVAILABILITY),
        (views.ShortAvailabilities, examples.SHORT),
        (views.MovementPage, examples.MOVEMENTS),
        (views.BackorderPage, examples.BACKORDERS),
        (views.SupplyPage, examples.SUPPLIES),
        (views.SupplyDetail, examples.SUPPLY),
        (views.DifferencePage, examples.DIFFERENCES),
        (views.EventOutcomes, examples.SEVERAL_WRITTEN),
        (views.Offered, examples.OFFERED),
        (views.Risks, examples.RISKS),
        (StockEventAnswer, examples.WRITTEN),
        (Node, examples.NODE),
    ],
)
def test_each_is_what_the_api_reads_or_says(model: type[BaseModel], example: object) -> None:
    assert model.model_validate_json(json.dumps(example))


def test_the_event_is_one() -> None:
    assert read_stock_event(json.dumps(examples.STOCK_EVENT).encode()).type == "stock.received"


def test_the_explained_number_adds_up_in_the_example_too() -> None:
    answer = Availability.model_validate_json(json.dumps(examples.AVAILABILITY))
    assert [node.atp for node in answer.nodes] == [sum(term.quantity for term in node.terms) for node in answer.nodes]
    assert answer.ats == answer.atp + sum(term.quantity for term in answer.terms)
