"""What an 850 charges or allows as a percentage is reckoned of what the order says, or refused at its element."""

from __future__ import annotations

import pytest

from tests.promises.batches.test_x12_orders import BEG, PO1, refused, taken

CUPS = "PO1*2*2*EA*2.50**VN*CUP"


@pytest.mark.parametrize(
    ("sac", "off"),
    [
        ("SAC*A*C310****6*10", 75),
        ("SAC*A*C310****5*10", 75),
        ("SAC*A*C310****7*10", 75),
        ("SAC*A*C310****6*3.333", 25),
        ("SAC*A*C310***100*6*50", 100),
        ("SAC*A*C310****Z*10**DO*5.00", 50),
        ("SAC*A*C310****6*100", 750),
        ("SAC*A*C310****6*0", 0),
    ],
)
async def test_a_percentage_allowed_on_a_line_is_reckoned_of_what_the_order_says(sac: str, off: int) -> None:
    document = await taken(BEG, PO1, sac, CUPS)
    assert [line.total.amount for line in document.lines] == [750 - off, 500]


async def test_a_percentage_of_what_is_left_counts_what_was_allowed_before_it() -> None:
    on_line = await taken(BEG, PO1, "SAC*A*C310****6*20", "SAC*A*C310****7*10", CUPS)
    assert [line.total.amount for line in on_line.lines] == [540, 500]
    on_all = await taken(BEG, "SAC*A*C310****6*20", "SAC*A*C310****7*10", PO1, CUPS, "CTT*2", "AMT*TT*9")
    assert on_all.total.amount == 900


async def test_a_percentage_that_is_charged_is_of_its_line_or_of_the_whole_order() -> None:
    charged = "SAC*C*D240****6*10********FREIGHT"
    on_line, on_all = await taken(BEG, CUPS, charged, PO1), await taken(BEG, charged, CUPS, PO1)
    assert [[charge.total.amount for charge in each.charges] for each in (on_line, on_all)] == [[50], [125]]
    assert (on_all.charges[0].name, on_all.total.amount) == ("FREIGHT", 1375)


async def test_charges_stay_in_the_order_they_came_in() -> None:
    document = await taken(BEG, "SAC*C*A***100", PO1, "SAC*C*B****6*10", CUPS, "SAC*C*C***300")
    assert [(charge.name, charge.total.amount) for charge in document.charges] == [("A", 100), ("B", 75), ("C", 300)]


@pytest.mark.parametrize(
    ("percentage", "element"),
    [
        ("1*5", 6),
        ("2*5", 6),
        ("3*5", 6),
        ("4*5", 6),
        ("Z*5", 6),
        ("*5", 6),
        ("6*5*0.10", 8),
        ("6*5**EA*2", 10),
        ("6*5**DO*5*9", 11),
        ("6*5**DO*five", 10),
        ("6*-5", 7),
        ("6*5%", 7),
        ("6*101", 7),
    ],
)
async def test_a_percentage_of_what_the_order_does_not_say_is_refused(percentage: str, element: int) -> None:
    assert (await refused(BEG, PO1, f"SAC*A*C310****{percentage}"))[0] == f"SAC at 4, element {element}"


async def test_a_percentage_of_more_than_there_is_is_refused_where_it_stands() -> None:
    much = "SAC*C*D240****6*9999**DO*999999999999"
    assert (await refused(BEG, PO1, much))[0] == "SAC at 4, element 7"
    assert (await refused(BEG, much, PO1))[0] == "SAC at 3, element 7"


async def test_a_percentage_of_the_whole_order_is_refused_where_nobody_can_tell_of_how_much() -> None:
    per_unit = (BEG, "SAC*A*C310****5*10", PO1)
    before_or_after = (BEG, "SAC*A*C310****7*10", PO1, "SAC*A*C310***100")
    for body in (per_unit, before_or_after):
        assert (await refused(*body))[0] == "SAC at 3, element 6"
