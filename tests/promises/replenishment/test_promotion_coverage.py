"""A campaign whose stock will not be there is named before it starts."""

from __future__ import annotations

from datetime import timedelta

from models.policy.stock.replenishing.promoting import uncovered
from models.policy.stock.rules import ReplenishmentRules
from models.stock.picture import Picture, RingFence
from models.stock.replenishment import Promotion, Uncovered
from tests.promises.replenishment.pictures import NOW, TODAY, coming, picture, shelf, wanted

PROMOTION = Promotion(
    id="spring", sku="MUG", starts=TODAY + timedelta(days=5), ends=TODAY + timedelta(days=9), expected=100
)


def short(seen: Picture, *promotions: Promotion, usual: int = 0) -> tuple[Uncovered, ...]:
    demand = wanted(*[usual] * 14) if usual else {}
    return uncovered(ReplenishmentRules(), seen, demand, NOW, promotions or (PROMOTION,))


def test_enough_on_the_shelves_of_all_nodes_is_enough() -> None:
    assert short(picture(shelf(60), shelf(40, node="rotterdam"))) == ()


def test_what_is_missing_is_counted_and_explained() -> None:
    [found] = short(picture(shelf(60, allocated=20)))
    assert (found.covered, found.missing) == (40, 60)
    assert "40 will be there" in found.because


def test_supply_that_comes_before_it_starts_counts_and_later_supply_does_not() -> None:
    assert short(picture(shelf(40), supplies=(coming(60, 4),))) == ()
    [found] = short(picture(shelf(40), supplies=(coming(60, 7), coming(60, None))))
    assert found.missing == 60


def test_the_usual_demand_until_its_end_is_sold_besides() -> None:
    [found] = short(picture(shelf(120)), usual=3)
    assert (found.covered, found.missing) == (90, 10)


def test_backorders_come_first() -> None:
    [found] = short(picture(shelf(100), waiting={"MUG": 30}))
    assert found.missing == 30


def test_promotions_of_the_same_article_share_what_is_there() -> None:
    later = PROMOTION.model_copy(update={"id": "summer", "starts": TODAY + timedelta(days=6), "expected": 50})
    [found] = short(picture(shelf(120)), later, PROMOTION)
    assert (found.promotion.id, found.covered, found.missing) == ("summer", 20, 30)


def test_what_is_set_aside_for_another_channel_is_not_for_this_ones_campaign() -> None:
    fences = (
        RingFence(sku="MUG", node="berlin", holder="channel:b2b", quantity=30),
        RingFence(sku="MUG", node="berlin", holder="channel:shopify", quantity=20),
    )
    seen = picture(shelf(100, channel_reserved=50), fences=fences)
    assert short(seen) == ()
    [found] = short(seen, PROMOTION.model_copy(update={"channel": "shopify"}))
    assert found.missing == 30


def test_what_only_a_supplier_has_does_not_count_and_what_is_over_is_not_looked_at() -> None:
    [found] = short(picture(shelf(500, node="direct")))
    assert found.covered == 0
    over = PROMOTION.model_copy(update={"starts": TODAY - timedelta(days=9), "ends": TODAY - timedelta(days=1)})
    assert short(picture(), over) == ()
