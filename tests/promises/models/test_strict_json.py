"""JSON is read without guessing, and an error points at what is wrong."""

import json
import time
from contextlib import suppress
from decimal import Decimal
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from models.base import StrictModel
from models.errors import InvalidInput
from models.money import Money
from models.strict_json import ERRORS_MAX, parse, pointer, read


class Parcel(StrictModel):
    weights: tuple[int, ...]
    price: Money | None = None


def refused(body):
    with pytest.raises(InvalidInput) as error:
        parse(body)
    return error.value.errors[0]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=20,
)


@pytest.mark.slow
@given(value=JSON)
def test_what_is_json_is_read_as_it_is(value):
    assert parse(json.dumps(value, ensure_ascii=False).encode()) == value


@given(body=st.binary(max_size=100))
def test_any_bytes_are_read_or_refused(body):
    try:
        parse(body)
    except InvalidInput as error:
        assert error.errors  # noqa: PT017 - either outcome is right


@given(number=st.decimals(min_value=-(10**20), max_value=10**20, places=10))
def test_a_number_with_a_fraction_loses_nothing(number):
    assert parse(f"{number:f}".encode()) == number


@pytest.mark.parametrize("text", ["1.10", "0.1", "1e3", "22.549999999999997"])
def test_a_fraction_is_a_decimal(text):
    assert parse(text.encode()) == Decimal(text)
    assert isinstance(parse(text.encode()), Decimal)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "json"),
        (b"{'a': 1}", "json"),
        (b"[1,]", "json"),
        (b"1 2", "json"),
        (b'"\x01"', "json"),
        (b"\xff", "encoding"),
        (b"\xef\xbb\xbf1", "encoding"),
        (b"NaN", "not_a_number"),
        (b"-Infinity", "not_a_number"),
        (b"1e999", "number_too_large"),
        (b"1e-999", "number_too_large"),
        (b"1e99999999999999999999", "number_too_large"),
        (b"-0e-99999999999999999999", "number_too_large"),
        (b"1" * 41, "number_too_long"),
        (b"0." + b"1" * 40, "number_too_long"),
        (b"[" * 5000, "depth"),
        (b"[" * 34 + b"]" * 34, "depth"),
    ],
)
def test_what_a_lenient_parser_would_swallow_is_refused(body, code):
    assert refused(body).code == code


def test_nesting_of_thirty_two_is_read():
    assert parse(b"[" * 33 + b"]" * 33)


@pytest.mark.parametrize(
    ("body", "code", "at"),
    [
        (b'{"a": [{"b": 1, "b": 2}]}', "duplicate_key", "/a/0/b"),
        (b'{"a": [0, {"b/c": NaN}]}', "not_a_number", "/a/1/b~1c"),
        (b'{"a": {"b": 1e999}}', "number_too_large", "/a/b"),
        (b'{"a": [' + b"1" * 41 + b"]}", "number_too_long", "/a/0"),
    ],
)
def test_what_cannot_be_taken_is_pointed_at_however_deep_it_is(body, code, at):
    error = refused(body)
    assert (error.code, error.pointer) == (code, at)


def test_half_a_surrogate_pair_is_found_in_a_key_and_a_text():
    assert refused(b'{"a": ["\\ud83c"]}').pointer == "/a/0"
    assert refused(b'{"a": {"\\udf77": 1}}').pointer == "/a"
    assert parse(b'"\\ud83c\\udf77"') == "🍷"


@given(path=st.lists(st.text(max_size=5) | st.integers(0, 9), max_size=4))
def test_a_pointer_leads_back_to_its_path(path):
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer(path).split("/")[1:]]
    assert steps == [str(step) for step in path]


@pytest.mark.parametrize(
    ("body", "at"),
    [
        (b'{"weights": [1, 2.5]}', "/weights/1"),
        (b'{"weights": [1, true]}', "/weights/1"),
        (b'{"weights": "12"}', "/weights"),
        (b"{}", "/weights"),
        (b'{"weights": [], "a/b": 1}', "/a~1b"),
        (b'{"weights": [], "price": {"amount": 1, "currency": "eur"}}', "/price/currency"),
        (b"[]", ""),
    ],
)
def test_a_field_that_does_not_fit_a_model_is_pointed_at(body, at):
    with pytest.raises(InvalidInput) as error:
        read(Parcel, body)
    assert error.value.errors[0].pointer == at


def test_every_wrong_field_is_named_at_once():
    with pytest.raises(InvalidInput) as error:
        read(Parcel, b'{"weights": [null, 1, "2"], "more": 1}')
    assert [each.pointer for each in error.value.errors] == ["/weights/0", "/weights/2", "/more"]


class Parcels(StrictModel):
    kind: Literal["parcels"]
    parcels: Annotated[tuple[Parcel, ...], Field(min_length=1)]


class Pallet(StrictModel):
    kind: Literal["pallet"]
    weight: int


class Load(StrictModel):
    loads: tuple[Annotated[Parcels | Pallet, Field(discriminator="kind")], ...]


@pytest.mark.parametrize(
    ("load", "at"),
    [
        ('{"kind": "pallet", "weight": "1"}', ["/loads/0/weight"]),
        ('{"kind": "pallet"}', ["/loads/0/weight"]),
        ('{"kind": "pallet", "weight": 1, "more": 1}', ["/loads/0/more"]),
        ('{"kind": "parcels", "parcels": [{"weights": ["1"]}]}', ["/loads/0/parcels/0/weights/0"]),
        ('{"kind": "parcels", "parcels": []}', ["/loads/0/parcels"]),
        ('{"kind": "ship"}', ["/loads/0"]),
        ("7", ["/loads/0"]),
    ],
)
def test_where_a_document_may_be_of_several_kinds_its_own_fields_are_pointed_at_and_no_others(load, at):
    with pytest.raises(InvalidInput) as error:
        read(Load, f'{{"loads": [{load}]}}'.encode())
    assert [each.pointer for each in error.value.errors] == at


def test_of_very_many_mistakes_the_first_are_told():
    body = json.dumps({"weights": ["x"] * 5000}).encode()
    with pytest.raises(InvalidInput) as error:
        read(Parcel, body)
    assert [each.pointer for each in error.value.errors] == [f"/weights/{at}" for at in range(ERRORS_MAX)]


def test_a_key_that_stands_twice_among_very_many_takes_no_longer_to_find_than_to_read_them():
    once = ",".join(f'"key{number}":0' for number in range(30_000))
    assert refused(f'{{{once},"key29999":0}}'.encode()).pointer == "/key29999"

    def seconds(text):
        began = time.perf_counter()
        with suppress(InvalidInput):
            parse(text.encode())
        return time.perf_counter() - began

    plain, twice = seconds(f"{{{once}}}"), seconds(f'{{{once},"key29999":0}}')

    # Looking each name up among all others took a thousand times as long.
    assert twice < 50 * plain
