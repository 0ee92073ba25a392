"""Feeds (2021-06-30): a document is uploaded, a feed made of it, and its result waited for. Each is sent once.

Amazon takes no reference of ours with a feed, sends the same content twice over, and shows nobody a feed's content. So
what is sent is written into a journal first, and Amazon's id beside it once known. Where the reply to `createFeed` was
lost, the feeds made since are listed: none, and it never came; one, which is ours where nobody else sends such feeds;
in any other case a person must look. A feed that is still being processed makes the order wait and be asked again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from pydantic.alias_generators import to_camel

from activities.adapters.amazon.feeds.journal import Entry, Journal
from activities.adapters.amazon.feeds.reports import Report, read_report
from activities.adapters.amazon.selling.calling import Call, Selling
from activities.adapters.channel_payload import ChannelModel
from activities.adapters.http import LostReply, Nonsense
from models.errors import Refused, Transient, Unavailable, Uncertain
from models.partners.asking import Done

if TYPE_CHECKING:
    from activities.adapters.amazon.selling.options import AmazonOptions

_ROOT = "/feeds/2021-06-30"
_SKEW_S = 120.0
"""Amazon's clock may differ from ours by so much."""
_UNFINISHED = {"IN_QUEUE", "IN_PROGRESS"}


@dataclass(frozen=True)
class Parcel:
    """What is to be sent as one feed."""

    key: str
    feed_type: str
    content_type: str
    document: str
    about: Sequence[str] = ()
    """What each of its messages is about, where it holds several."""

    def named(self, report: Report) -> str:
        """A report's words, with what they are about."""
        within = 0 < report.message <= len(self.about)
        return f"{self.about[report.message - 1]}: {report.words}" if within else report.words


class _Model(ChannelModel, alias_generator=to_camel):
    pass


class _Document(_Model):
    feed_document_id: str
    url: str
    compression_algorithm: str | None = None


class _Created(_Model):
    feed_id: str


class _Feed(_Model):
    feed_id: str
    processing_status: str
    result_feed_document_id: str | None = None


class _Feeds(_Model):
    feeds: Sequence[_Feed]
    next_token: str | None = None


class Feeds:
    """One account's feeds."""

    def __init__(self, selling: Selling, options: AmazonOptions) -> None:
        """Send to this account."""
        self._selling = selling
        self._options = options
        self._journal = Journal(options.journal)

    async def send(self, parcel: Parcel) -> Done:
        """Have a feed carried out, once; `reference` is Amazon's id of it.

        Raises:
            Refused: Amazon found fault with what is in it.
            Unavailable: it is being processed; asking again goes on waiting for the same feed.
            Uncertain: nobody can tell whether Amazon has it, or how much of it was carried out.
            Transient: Amazon does not have it, or did not answer: asking again is safe.
        """
        entry = await self._journal.find(parcel.key)
        if entry is not None and entry.done and entry.feed_id:
            return Done(reference=entry.feed_id)
        feed_id = entry.feed_id if entry else None
        if feed_id is None and entry is not None:
            feed_id = await self._searched(parcel, entry)
        if feed_id is None:
            feed_id = await self._submitted(parcel)
        return await self._carried_out(parcel, feed_id)

    async def has(self, key: str) -> bool:
        """Whether a feed was sent, or begun to be sent, under a key."""
        return await self._journal.find(key) is not None

    async def _submitted(self, parcel: Parcel) -> str:
        made = Call("createFeedDocument", "POST", f"{_ROOT}/documents", body={"contentType": parcel.content_type})
        document = await self._selling.ask(_Document, made)
        await self._selling.upload(document.url, parcel.document, parcel.content_type)
        body = {
            "feedType": parcel.feed_type,
            "marketplaceIds": list(self._options.marketplaces),
            "inputFeedDocumentId": document.feed_document_id,
        }
        if not await self._journal.sending(parcel.key):
            raise Transient(self._selling.name, "is being sent the same feed by another worker")
        try:
            created = await self._selling.ask(_Created, Call("createFeed", "POST", f"{_ROOT}/feeds", body=body))
        except (LostReply, Nonsense) as doubt:
            return await self._settled(parcel, doubt)
        except (Refused, Unavailable):
            await self._journal.not_sent(parcel.key)
            raise
        await self._journal.sent(parcel.key, created.feed_id)
        return created.feed_id

    async def _settled(self, parcel: Parcel, doubt: Transient) -> str:
        entry = await self._journal.find(parcel.key)
        found = None if entry is None else await self._searched(parcel, entry)
        if found is None:
            raise Transient(doubt.partner, f"{doubt}; it was not done") from doubt
        return found

    async def _searched(self, parcel: Parcel, entry: Entry) -> str | None:
        """The feed of ours whose reply was lost; None: it never came, and is struck out."""
        listed = await self._listed(parcel.feed_type, entry.sent_at - _SKEW_S)
        strange = sorted(listed - await self._journal.known())
        if len(strange) == 1 and self._options.sole_feeder:
            await self._journal.sent(parcel.key, strange[0])
            return strange[0]
        if strange:
            message = f"may have taken it as feed {' or '.join(strange[:5])}: look there whether it is in one of them"
            raise Uncertain(self._selling.name, message, code="feed_unknown")
        young_s = entry.sent_at + self._options.doubt_s - time.time()
        if young_s > 0:
            raise Unavailable(self._selling.name, "does not list the feed yet, if it has it", retry_after_s=young_s)
        await self._journal.not_sent(parcel.key)
        return None

    async def _listed(self, feed_type: str, since: float) -> set[str]:
        query = {
            "feedTypes": feed_type,
            "createdSince": datetime.fromtimestamp(since, UTC).isoformat(timespec="seconds"),
            "pageSize": "100",
        }
        found: set[str] = set()
        while True:
            page = await self._selling.ask(_Feeds, Call("getFeeds", "GET", f"{_ROOT}/feeds", query))
            found |= {feed.feed_id for feed in page.feeds}
            if not page.next_token:
                return found
            query = {"nextToken": page.next_token}

    async def _carried_out(self, parcel: Parcel, feed_id: str) -> Done:
        until = time.monotonic() + self._options.feed_wait_s
        while True:
            path = f"{_ROOT}/feeds/{quote(feed_id, safe='')}"
            feed = await self._selling.ask(_Feed, Call("getFeed", "GET", path))
            if feed.processing_status not in _UNFINISHED:
                break
            if time.monotonic() >= until:
                message = f"has feed {feed_id} and has not carried it out yet"
                raise Unavailable(self._selling.name, message, code="feed_pending")
            await asyncio.sleep(self._options.feed_poll_s)
        if feed.processing_status == "CANCELLED":
            raise Refused(self._selling.name, f"was told to drop feed {feed_id}", code="feed_cancelled")
        report = await self._report(feed)
        if feed.processing_status != "DONE":
            message = f"gave feed {feed_id} up, and may have carried out some of it: {report.words}"
            raise Uncertain(self._selling.name, message, code="feed_fatal")
        if report.code is not None:
            raise Refused(self._selling.name, f"refused in feed {feed_id}: {parcel.named(report)}", code=report.code)
        await self._journal.done(parcel.key)
        return Done(reference=feed_id)

    async def _report(self, feed: _Feed) -> Report:
        if feed.result_feed_document_id is None:
            return Report(None, "no report was given")
        path = f"{_ROOT}/documents/{quote(feed.result_feed_document_id, safe='')}"
        document = await self._selling.ask(_Document, Call("getFeedDocument", "GET", path))
        content = await self._selling.download(document.url)
        return read_report(self._selling.name, content, packed=document.compression_algorithm == "GZIP")
