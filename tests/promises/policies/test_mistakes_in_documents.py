"""A policy document with a mistake is refused, and the refusal names the file, the field and what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.errors import InvalidInput
from models.policy.book import PolicyBook

SHIPPED = (Path(__file__).parents[3] / "ops" / "policies" / "2026-11-21.yaml").read_text(encoding="utf-8")
HOLIDAY = '["2026-12-25", "2027-01-01", "2027-03-26", "2027-03-29", "2027-12-24"]'
CLASSES = "    - {name: dealer, channels: [b2b], kinds: [company], priority: 50}\n"


def refused(folder: Path, document: str | bytes) -> list[tuple[str, str]]:
    """Where the mistakes are, and what is said of them."""
    content = document.encode() if isinstance(document, str) else document
    (folder / "bad.yaml").write_bytes(content)
    with pytest.raises(InvalidInput) as refusal:
        PolicyBook.load(folder)
    return [(one.pointer, one.message) for one in refusal.value.errors]


def changed(before: str, after: str) -> str:
    assert SHIPPED.count(before) == 1
    return SHIPPED.replace(before, after)


@pytest.mark.parametrize(
    ("before", "after", "where", "says"),
    [
        ("most_parcels: 3", "most_parcels: three", "stock/sourcing/most_parcels", "integer"),
        ("most_parcels: 3", "most_parcel: 3", "stock/sourcing/most_parcel", "not permitted"),
        ("[transfer, hold]", "[tranfer, hold]", "stock/shortage/rules/0/fallbacks/0", "'transfer'"),
        ("[transfer, hold]", "[ask_customer], silence: hold", "stock/shortage/rules/0/silence", "'backorder'"),
        (
            "[warehouse, third_party, store]",
            "[warehouse, store, warehouse]",
            "stock/sourcing/node_kinds/2",
            "warehouse stands there already",
        ),
        (
            "needs_approval: true}\n",
            "needs_approval: true}\n      - {sku: MUG-BLUE, instead: [CUP]}\n",
            "stock/shortage/substitutes/1/sku",
            "MUG-BLUE stands there already",
        ),
        ("[MUG-RED]", "[MUG-RED, MUG-BLUE]", "stock/shortage/substitutes/0/instead/1", "instead of itself"),
        (
            CLASSES,
            CLASSES + "    - {name: dealer, customers: [C-7], partial: false}\n",
            "stock/customer_classes/1/partial",
            "dealer goes in parts",
        ),
        (HOLIDAY, '["2026-12-25", "2027-02-29"]', "promises/carriers/1/closed_on/1", "there is no day 2027-02-29"),
        ('version: "2026-11-21"', 'version: "2026-11-31"', "version", "there is no day 2026-11-31"),
    ],
)
def test_a_mistake_is_named_by_its_field(tmp_path: Path, before: str, after: str, where: str, says: str) -> None:
    ((pointer, message),) = refused(tmp_path, changed(before, after))
    assert pointer == f"/bad.yaml/{where}"
    assert says in message


def test_a_key_that_stands_twice_is_refused_for_one_of_both_would_be_lost(tmp_path: Path) -> None:
    twice = changed("  sourcing:\n", "  sourcing: {most_parcels: 20}\n  sourcing:\n")
    ((pointer, message),) = refused(tmp_path, twice)
    assert pointer == "/bad.yaml"
    assert "the key sourcing stands twice" in message
    assert f"line {twice.splitlines().index('  sourcing:') + 1}" in message


def test_a_document_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, b"version: \xff") == [("/bad.yaml", "must be UTF-8: invalid start byte at byte 9")]


def test_a_class_may_have_several_rules(tmp_path: Path) -> None:
    text = changed(CLASSES, CLASSES + "    - {name: dealer, customers: [C-7], priority: 90}\n")
    (tmp_path / "good.yaml").write_text(text, encoding="utf-8")
    assert len(PolicyBook.load(tmp_path).current.stock.customer_classes) == 2
