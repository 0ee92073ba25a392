"""Whatever is done to a WooCommerce payload, reading it ends in an order or in a reason, never in a crash."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activities.adapters.woocommerce.orders import WooCommerceOrders
from models.errors import InvalidInput

SAMPLES = [
    json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parents[4] / "ops" / "samples" / "woocommerce").glob("*.json"))
]
JUNK = st.one_of(
    st.sampled_from(
        [None, "", "0", "-1", "1E999999999", "1e-400", "NaN", "Infinity", True, False, [], {}, [[]], [{}], {"id": None}]
    ),
    st.sampled_from(["2026-13-45T99:99:99", "\u0000", "\u202e", "x" * 5000, "EUR", "eur", "\u0663", "wc-processing"]),
    st.integers(min_value=-(10**30), max_value=10**30),
    st.decimals(allow_nan=False, allow_infinity=False, places=5).map(str),
    st.text(max_size=20),
)


def places(value, path=()):
    """Every path into a document."""
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield from places(inner, (*path, key))


PLACES = [[path for path in places(sample) if path] for sample in SAMPLES]


def mangled(data):
    which = data.draw(st.integers(0, len(SAMPLES) - 1))
    document = json.loads(json.dumps(SAMPLES[which]))
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(PLACES[which]))
        holder = document
        try:
            for step in way:
                holder = holder[step]
            if data.draw(st.booleans()):
                del holder[last]
            else:
                holder[last] = data.draw(JUNK)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change has taken this place away
    return document


def outcomes(value):
    """What reading comes to; a refusal of the whole is no reading at all."""
    try:
        return WooCommerceOrders().read(json.dumps(value).encode())
    except InvalidInput:
        return []


@pytest.mark.slow
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_a_mangled_order_is_read_or_refused(data):
    assert all((each.document is None) != (each.error is None) for each in outcomes(mangled(data)))


@pytest.mark.slow
@settings(max_examples=100)
@given(st.recursive(JUNK, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner)))
def test_any_json_at_all_is_read_or_refused(value):
    assert all(each.error is not None for each in outcomes(value))
