"""Goods come from as few places as can be: one node for all, else one node a line, and parts only where they must."""

from activities.adapters.store.stock.loads import forget_loads
from models.stock.nodes import Node


def places(answer):
    return [(one.line_id, one.node, one.quantity) for one in answer.allocations]


async def test_the_node_asked_first_gives_everything_it_can(shop):
    for node in ("alpha", "beta"):
        await shop.receive("cup", 5, node=node)
    await shop.put_node(Node(name="beta", priority=1))

    assert places(await shop.reserve("r1", ("1", "cup", 5))) == [("1", "beta", 5)]
    assert places(await shop.reserve("r2", ("1", "cup", 5))) == [("1", "alpha", 5)]


async def test_nodes_of_one_priority_are_asked_by_name(shop):
    for node in ("beta", "alpha"):
        await shop.receive("cup", 5, node=node)

    assert places(await shop.reserve("r1", ("1", "cup", 1))) == [("1", "alpha", 1)]


async def test_a_node_ranked_before_its_first_delivery_keeps_its_rank(shop):
    await shop.put_node(Node(name="zeta", priority=1))
    for node in ("alpha", "zeta"):
        await shop.receive("cup", 5, node=node)

    assert places(await shop.reserve("r1", ("1", "cup", 1))) == [("1", "zeta", 1)]


async def test_one_node_that_has_everything_comes_before_two_that_are_asked_earlier(shop):
    await shop.receive("cup", 5, node="alpha")
    await shop.receive("pot", 5, node="beta")
    for sku in ("cup", "pot"):
        await shop.receive(sku, 5, node="gamma")

    answer = await shop.reserve("r1", ("1", "cup", 1), ("2", "pot", 1))

    assert places(answer) == [("1", "gamma", 1), ("2", "gamma", 1)]


async def test_without_such_a_node_each_line_comes_whole_from_one(shop):
    await shop.receive("cup", 3, node="alpha")
    await shop.receive("cup", 4, node="beta")
    await shop.receive("pot", 1, node="alpha")

    answer = await shop.reserve("r1", ("1", "cup", 4), ("2", "pot", 1))

    assert places(answer) == [("1", "beta", 4), ("2", "alpha", 1)]


async def test_a_small_line_does_not_break_up_a_large_one(shop):
    await shop.receive("cup", 5, node="alpha")
    await shop.receive("cup", 2, node="beta")

    answer = await shop.reserve("r1", ("1", "cup", 2), ("2", "cup", 5))

    assert places(answer) == [("1", "beta", 2), ("2", "alpha", 5)]


async def test_a_line_no_single_node_can_give_is_split(shop):
    await shop.receive("cup", 3, node="alpha")
    await shop.receive("cup", 4, node="beta")

    assert places(await shop.reserve("r1", ("1", "cup", 6))) == [("1", "alpha", 3), ("1", "beta", 3)]
    assert (await shop.audit()).is_right


async def test_a_node_that_has_its_days_work_is_asked_no_more_until_tomorrow(shop):
    await shop.put_node(Node(name="alpha", priority=1, capacity=1))
    for node in ("alpha", "beta"):
        await shop.receive("cup", 5, node=node)

    found = []
    for number, hours in ((1, 0), (2, 0), (3, 24)):
        shop.clock.pass_by(hours=hours)
        forget_loads()
        found += places(await shop.reserve(f"r{number}", ("1", "cup", 1), order=f"order:b2b:{number}"))

    assert [node for _, node, _ in found] == ["alpha", "beta", "alpha"]


async def test_a_node_that_was_made_inactive_is_asked_no_more(shop):
    for node in ("alpha", "beta"):
        await shop.receive("cup", 5, node=node)
    await shop.reserve("r1", ("1", "cup", 1))
    await shop.put_node(Node(name="alpha", active=False))

    assert places(await shop.reserve("r2", ("1", "cup", 1))) == [("1", "beta", 1)]
