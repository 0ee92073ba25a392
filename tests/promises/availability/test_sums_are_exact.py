"""Whatever lies on the shelves and whatever the rules say, the terms add up to the numbers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.policy.stock.promising.availability import availability
from models.stock.availability import AvailabilityQuestion
from tests.promises.availability.drawn import NAMES, pictures, rules
from tests.promises.availability.pictures import NOW

if TYPE_CHECKING:
    from models.policy.stock.rules import AvailabilityRules
    from models.stock.picture import Picture

QUESTIONS = st.builds(
    AvailabilityQuestion,
    sku=st.just("MUG"),
    channel=st.none() | st.just("b2b"),
    customer_class=st.none() | st.just("dealer"),
    node=st.none() | st.sampled_from(NAMES),
    at=st.none() | st.integers(-20, 20).map(lambda days: NOW + timedelta(days=days)),
)
SALES = st.dictionaries(st.sampled_from(NAMES), st.floats(0, 5))


@pytest.mark.slow
@given(pictures(), rules(), QUESTIONS, st.booleans(), SALES)
@settings(max_examples=150)
def test_the_terms_add_up_at_each_level(
    seen: Picture, by: AvailabilityRules, question: AvailabilityQuestion, spiking: Any, sales: dict[str, float]
) -> None:
    answer = availability(by, "2026-11-01", question, seen, spiking=spiking, daily_sales=sales)

    for node in answer.nodes:
        assert node.atp == sum(term.quantity for term in node.terms) >= 0
    assert answer.atp == sum(node.atp for node in answer.nodes)
    assert answer.ats == answer.atp + sum(term.quantity for term in answer.terms)
    assert 0 <= answer.ats <= answer.atp
