"""What we ask Shopify, and what the stand-in answers by, held against the schema that Shopify publishes."""

from __future__ import annotations

import pytest
from graphql import (
    build_schema,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_object_type,
    is_union_type,
    parse,
    validate,
)

from activities.adapters.shopify.admin import documents
from activities.adapters.shopify.admin.options import ShopifyOptions
from activities.adapters.shopify.admin.reading.order_query import ORDER
from tests.contracts.shopify.published import VERSIONS, published
from tests.contracts.shopify.stand_in import SCHEMA

_ASKED = {name: text for name, text in {**vars(documents), "ORDER": ORDER}.items() if name.isupper() and name[0] != "_"}
_OURS = build_schema(SCHEMA.read_text(encoding="utf-8"))
_BUILT_IN = ("__",)


def _named():
    return [name for name in _OURS.type_map if not name.startswith(_BUILT_IN)]


def test_the_version_that_is_spoken_is_one_of_these() -> None:
    assert ShopifyOptions(location="1").api_version == VERSIONS[0]


@pytest.mark.parametrize("name", _ASKED)
def test_every_request_is_one_the_stand_in_understands(name: str) -> None:
    assert validate(_OURS, parse(_ASKED[name])) == []


@pytest.mark.real
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", _ASKED)
def test_every_request_is_valid_by_the_published_schema(version: str, name: str) -> None:
    assert validate(published(version), parse(_ASKED[name])) == []


@pytest.mark.real
@pytest.mark.parametrize("version", VERSIONS)
def test_the_stand_in_answers_by_a_part_of_the_published_schema(version: str) -> None:
    theirs = published(version).type_map
    for name in _named():
        mine = _OURS.type_map[name]
        assert name in theirs
        if is_object_type(mine) or is_interface_type(mine):
            for field_name, field in mine.fields.items():
                known = theirs[name].fields[field_name]
                assert str(field.type) == str(known.type), f"{name}.{field_name}"
                for argument_name, argument in field.args.items():
                    assert str(argument.type) == str(known.args[argument_name].type), f"{name}.{field_name}"
        elif is_input_object_type(mine):
            required = {each for each, field in theirs[name].fields.items() if str(field.type).endswith("!")}
            assert required <= mine.fields.keys()
            for field_name, field in mine.fields.items():
                assert str(field.type) == str(theirs[name].fields[field_name].type), f"{name}.{field_name}"
        elif is_enum_type(mine):
            assert theirs[name].values.keys() <= mine.values.keys()
        elif is_union_type(mine):
            assert {each.name for each in mine.types} == {each.name for each in theirs[name].types}


@pytest.mark.real
@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_we_ask_for_is_on_its_way_out(version: str) -> None:
    theirs = published(version).type_map
    old = [
        f"{name}.{field}"
        for name in _named()
        if is_object_type(_OURS.type_map[name])
        for field in _OURS.type_map[name].fields
        if theirs[name].fields[field].deprecation_reason
    ]
    # What a payment is captured on; that which Shopify names in its place is an id of Shopify's own.
    assert old == ["OrderTransaction.authorizationCode"]
