"""What is written below a field describes it wherever the API is described, and costs no process its start."""

from __future__ import annotations

from models.base import StrictModel
from models.order.document import OrderDocument


class Parcel(StrictModel):
    """A parcel."""

    number: str
    """What is on its label."""
    weight: int
    contents: tuple[str, ...] = ()
    """What is in it:

    by article.
    """


class Pallet(Parcel):
    """A parcel that takes a fork-lift."""

    number: str
    weight: int
    """In kilograms."""


def described(kind: type[StrictModel]) -> dict[str, str | None]:
    return {name: field.get("description") for name, field in kind.model_json_schema()["properties"].items()}


def test_the_text_below_a_field_describes_it() -> None:
    assert described(Parcel) == {
        "number": "What is on its label.",
        "weight": None,
        "contents": "What is in it:\n\nby article.",
    }


def test_a_field_that_is_declared_anew_has_its_own_text_and_the_others_their_bases() -> None:
    assert described(Pallet) == {
        "number": None,
        "weight": "In kilograms.",
        "contents": "What is in it:\n\nby article.",
    }


def test_every_model_of_ours_is_described_so() -> None:
    assert any(described(OrderDocument).values())


def test_no_source_is_read_while_a_class_is_made() -> None:
    assert not StrictModel.model_config.get("use_attribute_docstrings")
    assert Parcel.model_fields["number"].description is None
