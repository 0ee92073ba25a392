"""Whatever is done to a payload, reading it ends in an order or in a reason at its field, never in a crash."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activities.adapters.amazon.orders import AmazonOrders
from activities.adapters.canonical.orders import CanonicalOrders
from activities.adapters.magento.orders import MagentoOrders
from models.errors import InvalidInput

SAMPLES = Path(__file__).parents[3] / "ops" / "samples"
FORMATS = {"magento": MagentoOrders(), "amazon": AmazonOrders(), "canonical": CanonicalOrders()}
JUNK = st.one_of(
    st.sampled_from(
        [None, "", "0", "-1", "1E99999", "1e-400", "NaN", "Infinity", True, False, [], {}, [[]], [{}], {"id": 1}]
    ),
    st.sampled_from(
        ["2026-13-45T99:99:99", "\u0000", "\u202e", "x" * 5000, "EUR", "eur", "\u0663", "Canceled", "closed"]
    ),
    st.integers(min_value=-(10**30), max_value=10**30),
    st.decimals(allow_nan=False, allow_infinity=False, places=5).map(float),
    st.text(max_size=20),
)


def places(value, path=()):
    """Every path into a document but the document itself."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield (*path, key)
        yield from places(inner, (*path, key))


def samples(name):
    found = [json.loads(path.read_bytes()) for path in sorted((SAMPLES / name).glob("*.json"))]
    return [(sample, list(places(sample))) for sample in found]


PAYLOADS = {name: samples(name) for name in FORMATS}


def mangled(data, name):
    sample, paths = data.draw(st.sampled_from(PAYLOADS[name]))
    document = json.loads(json.dumps(sample))
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(paths))
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


def readings_of(name, body):
    """What is read; nothing where the whole is refused."""
    try:
        found = FORMATS[name].read(body)
    except InvalidInput:
        return []
    assert found
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_mangled_payload_is_an_order_or_a_reason(name, data):
    body = json.dumps(mangled(data, name)).encode()
    for reading in readings_of(name, body):
        assert (reading.document is None) != (reading.error is None)
        for error in reading.error.errors if reading.error else ():
            assert error.message
            assert not error.pointer.startswith("/canonical"), error


@given(body=st.binary(max_size=200))
@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=100)
def test_bytes_that_are_no_payload_are_refused(name, body):
    with pytest.raises(InvalidInput):
        FORMATS[name].read(body)
