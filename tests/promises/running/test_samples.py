"""The sample orders: enough of them, in every format, and recognised without being told."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from ops.samples.guessing import FORMATS, guess, guess_by_folder
from ops.samples.loading import shipped

SAMPLES = shipped()


def test_there_are_at_least_forty_over_the_five_formats():
    counts = Counter(sample.format for sample in SAMPLES)
    assert set(counts) == set(FORMATS)
    assert counts.total() >= 40


def test_formats_take_turns_so_that_each_is_seen_early():
    assert {sample.format for sample in SAMPLES[: len(FORMATS)]} == set(FORMATS)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.format}-{sample.name}")
def test_a_sample_is_recognised_by_its_content(sample):
    assert guess(sample.body) == sample.format


@pytest.mark.parametrize("wrapper", ["payload", "data", "order", "orders"])
@pytest.mark.parametrize("format_", FORMATS)
def test_an_order_is_recognised_inside_what_an_interface_wraps_around_it(format_, wrapper):
    body = next(sample.body for sample in SAMPLES if sample.format == format_)
    for wrapped in ({wrapper: json.loads(body)}, {wrapper: [json.loads(body)]}, [json.loads(body)]):
        assert guess(json.dumps(wrapped).encode()) == format_


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b'"shopify"', b"{", b"\xff", b'{"data": 3}', b"[[]]"])
def test_nothing_is_made_of_what_gives_no_hint(body):
    assert guess(body) is None


def test_the_nearest_folder_with_a_formats_name_counts(tmp_path: Path):
    assert guess_by_folder(tmp_path / "shopify" / "old" / "magento" / "x" / "order.json") == "magento"
    assert guess_by_folder(tmp_path / "shopify.json") is None
