"""A till tells what it took from its shop's own shelf, and what it put back there; of all other stock it is silent."""

from __future__ import annotations

import pytest

from models.errors import InvalidInput
from models.partners.sources import check_source


@pytest.mark.parametrize("told", ["stock.sold", "stock.returned"])
def test_a_channel_may_tell_of_what_went_over_the_counter(told: str):
    check_source("tryton_pos", told)


@pytest.mark.parametrize("told", ["stock.received", "stock.counted", "stock.adjusted", "wms.shipped"])
def test_a_channel_may_not_tell_of_what_others_keep(told: str):
    with pytest.raises(InvalidInput):
        check_source("tryton_pos", told)


@pytest.mark.parametrize("partner", ["payment", "carrier", "notification"])
def test_a_partner_that_keeps_no_stock_may_not_tell_of_any(partner: str):
    with pytest.raises(InvalidInput):
        check_source(partner, "stock.sold")
