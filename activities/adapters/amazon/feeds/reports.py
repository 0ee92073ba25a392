"""What Amazon says of a feed it has processed: XML for orders and payments, JSON for listings."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from pydantic.alias_generators import to_camel

from activities.adapters.channel_payload import ChannelModel
from activities.adapters.http import Nonsense

_UNPACKED_MAX = 8 * 1024 * 1024
_WORDS = 300


@dataclass(frozen=True)
class Report:
    """The first fault that was found."""

    code: str | None
    """Amazon's; none where all of it was carried out."""
    words: str
    message: int = 0
    """Which of the feed's messages it concerns, the first being 1; 0: the feed as a whole."""


class _Model(ChannelModel, alias_generator=to_camel):
    pass


class _Issue(_Model):
    code: str
    severity: str
    message: str | None = None
    message_id: int = 0


class _Summary(_Model):
    errors: int = 0
    messages_invalid: int = 0


class _Listings(_Model):
    summary: _Summary
    issues: Sequence[_Issue] = ()


def read_report(partner: str, content: bytes, *, packed: bool) -> Report:
    """Read a report.

    Raises:
        Nonsense: it is none, or unpacks to more than 8 MiB.
    """
    try:
        text = _unpacked(content) if packed else content
        return _json_report(text) if text.lstrip()[:1] == b"{" else _xml_report(text)
    except (ValueError, OSError, EOFError, zlib.error, ET.ParseError) as error:
        raise Nonsense(partner, "gave a processing report that cannot be read") from error


def _unpacked(content: bytes) -> bytes:
    unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    text = unpacking.decompress(content, _UNPACKED_MAX)
    if unpacking.unconsumed_tail or not unpacking.eof:
        raise gzip.BadGzipFile
    return text


def _xml_report(text: bytes) -> Report:
    if b"<!" in text.replace(b"<!--", b""):
        # Entities can make a small document fill the memory; no report has any.
        raise ValueError(text[:_WORDS])
    report = ET.fromstring(text).find(".//ProcessingReport")  # noqa: S314 - declarations were refused above
    if report is None or report.findtext("StatusCode") != "Complete":
        raise ValueError(text[:_WORDS])
    for result in report.findall("Result"):
        if result.findtext("ResultCode") == "Error":
            code = result.findtext("ResultMessageCode") or "feed_error"
            return Report(code, _said(result.findtext("ResultDescription")), int(result.findtext("MessageID") or 0))
    wrong = int(report.findtext("ProcessingSummary/MessagesWithError") or 0)
    return Report("feed_error" if wrong else None, f"{wrong} messages have errors" if wrong else "")


def _json_report(text: bytes) -> Report:
    report = _Listings.model_validate_json(text)
    for issue in report.issues:
        if issue.severity == "ERROR":
            return Report(issue.code, _said(issue.message), issue.message_id)
    wrong = max(report.summary.errors, report.summary.messages_invalid)
    return Report("feed_error" if wrong else None, f"{wrong} messages have errors" if wrong else "")


def _said(words: str | None) -> str:
    return (words or "without saying why")[:_WORDS]
