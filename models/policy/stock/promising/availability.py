"""What may be promised of an article, and why: signed terms that add up to the number exactly. Pure.

A node's part is the same arithmetic that sourcing takes stock by (`models.policy.stock.sourcing.shelves`), so that what
is shown can be had. What backorders wait for goes off all nodes together: nobody knows yet which will serve it.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from models.policy.stock.fencing import spike_counts
from models.policy.stock.promising.node_terms import NodeTerms
from models.policy.stock.promising.terms import Sum
from models.policy.stock.rules import SourcingRules, first_for
from models.stock.availability import Availability

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.policy.stock.rules import AvailabilityRules
    from models.stock.availability import AvailabilityQuestion
    from models.stock.picture import Picture

_NO_SALES: Mapping[str, float] = MappingProxyType({})
_PLAIN = SourcingRules()


def availability(  # noqa: PLR0913 - the question, the facts, and what is known besides
    rules: AvailabilityRules,
    version: str,
    question: AvailabilityQuestion,
    picture: Picture,
    *,
    spiking: bool = False,
    daily_sales: Mapping[str, float] = _NO_SALES,
    sourcing: SourcingRules = _PLAIN,
) -> Availability:
    """Work out what may be promised of an article.

    Args:
        rules: of availability.
        version: the policy set they are of.
        question: of what, for whom, where and when.
        picture: of this article, and perhaps of others.
        spiking: whether the channel buys the article as never before just now.
        daily_sales: by store, what its counter sells of the article in a day; a store without is not at risk.
        sourcing: which kinds of nodes send; stock that sourcing would never take is not promised.
    """
    terms = NodeTerms(rules, sourcing, question, picture, daily_sales)
    everywhere = terms.of_all()
    asked = tuple(one for one in everywhere if question.node in {None, one.node})
    atp = sum(one.atp for one in asked)
    found = Sum()
    found.value = atp
    _serve_backorders(found, picture.waiting.get(question.sku, 0), sum(one.atp for one in everywhere) - atp)
    if question.channel is None:
        found.floor()
    else:
        _show(found, rules, question.sku, question.channel, spiking=spiking)
    return Availability(
        sku=question.sku,
        asked=question,
        atp=atp,
        ats=found.value,
        nodes=asked,
        terms=tuple(found.terms),
        policy_version=version,
        as_of=picture.at,
    )


def _serve_backorders(found: Sum, waiting: int, elsewhere: int) -> None:
    """Backorders come first; where one node is asked about, what the other nodes have serves them as well."""
    served = min(waiting, elsewhere)
    why = f"{waiting} wanted by backorders, who are served first"
    found.add("waiting", served - waiting, f"{why}; {served} of them elsewhere" if served else why)


def _show(found: Sum, rules: AvailabilityRules, sku: str, channel: str, *, spiking: bool) -> None:
    """What the channel may show of what can be promised."""
    rule = rules.channel(channel)
    promised = max(found.value, 0)
    percent = -(-promised * rule.buffer_percent // 100)
    buffer = max(rule.buffer_units, percent)
    size = f"{rule.buffer_percent} %" if percent > rule.buffer_units else f"{rule.buffer_units} units"
    found.add("buffer", -buffer, f"rule: {channel} keeps {size} for orders we have not heard of yet")
    found.floor()
    share = f"rule: {channel} is shown {{}} % of what can be promised"
    found.cap("share", promised * rule.share_percent // 100, share.format(rule.share_percent))
    spike = first_for(rules.spikes, sku) if spiking else None
    if spike is not None and spike_counts(spike, channel):
        why = f"{share.format(spike.share_percent)} while it buys more than {spike.units} in {spike.window_minutes} min"
        found.cap("spike", promised * spike.share_percent // 100, why)
    if rule.most is not None:
        found.cap("most", rule.most, f"rule: {channel} is never shown more than {rule.most}")
