"""Lists that Shopify gives page by page, read to their end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import Field

from activities.adapters.channel_payload import ChannelModel

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

Node = TypeVar("Node")


class PageInfo(ChannelModel):
    """Whether a list goes on, and from where."""

    more: bool = Field(alias="hasNextPage")
    end: str | None = Field(None, alias="endCursor")


class Nodes(ChannelModel, Generic[Node]):
    """A page of a list."""

    nodes: tuple[Node, ...]
    page: PageInfo = Field(PageInfo(hasNextPage=False), alias="pageInfo")


class Identified(ChannelModel):
    """Anything of which only the id is read."""

    id: str


async def every(page: Callable[[str | None], Awaitable[Nodes[Node]]]) -> list[Node]:
    """Read a list from its first page to its last."""
    found: list[Node] = []
    after: str | None = None
    while True:
        given = await page(after)
        found += given.nodes
        if not given.page.more or given.page.end is None:
            return found
        after = given.page.end
