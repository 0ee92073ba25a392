"""What may be promised of an article, and why: signed terms that add up to the number exactly. Pure.

A node's part is the same arithmetic that sourcing takes stock by (`models.policy.stock.sourcing.shelves`), so that what
is shown can be had. What backorders wait for goes off the nodes at which sourcing leaves it to them.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from models.policy.stock.promising.node_terms import NOT_SOURCED, OWN_FENCE, NodeTerms
from models.policy.stock.promising.terms import Sum
from models.policy.stock.rules import SourcingRules
from models.policy.stock.sourcing.candidates import left_to_waiting
from models.stock.availability import Availability

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from models.policy.stock.rules import AvailabilityRules
    from models.stock.availability import AvailabilityQuestion, NodeAvailability
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
    _serve_backorders(found, sourcing, question, picture, everywhere)
    if question.channel is not None:
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


def _serve_backorders(
    found: Sum,
    sourcing: SourcingRules,
    question: AvailabilityQuestion,
    picture: Picture,
    everywhere: Iterable[NodeAvailability],
) -> None:
    """Backorders come first. What is set aside for the asker is not theirs."""
    waiting = picture.waiting.get(question.sku, 0)
    if not waiting:
        return
    # Who waits may be served where the asker is not: where customers can only collect it.
    free = {one.node: max(one.atp - _part(one, OWN_FENCE) - _part(one, NOT_SOURCED), 0) for one in everywhere}
    left = left_to_waiting(sourcing, picture.nodes, question.sku, free, waiting)
    asked = {one.node for one in everywhere if question.node in {None, one.node} and not _part(one, NOT_SOURCED)}
    here = sum(part for node, part in left.items() if node in asked)
    elsewhere = sum(left.values()) - here
    why = f"{waiting} wanted by backorders, who are served first"
    found.add("waiting", -here, f"{why}; {elsewhere} of them elsewhere" if elsewhere else why)


def _part(one: NodeAvailability, name: str) -> int:
    return sum(term.quantity for term in one.terms if term.name == name)


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
    spike = rules.spike(sku, channel) if spiking else None
    if spike is not None:
        why = f"{share.format(spike.share_percent)} while it buys more than {spike.units} in {spike.window_minutes} min"
        found.cap("spike", promised * spike.share_percent // 100, why)
    if rule.oversell_units:
        why = f"rule: {channel} may sell {rule.oversell_units} beyond what can be promised"
        found.add("oversell", rule.oversell_units, why)
    if rule.most is not None:
        found.cap("most", rule.most, f"rule: {channel} is never shown more than {rule.most}")
