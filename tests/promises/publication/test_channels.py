"""A channel, as the sandbox plays it: idempotent by key, true to the higher version, with a quota of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import count

import pytest
import pytest_asyncio

from activities.adapters.sandbox.channels import SandboxChannels
from models.errors import Refused, Transient, Unavailable, Uncertain
from models.policy.stock.publishing import batch_of
from models.settings import PartnerSettings
from models.stock.publication import Offer, OfferBatch
from tests.promises.partners.sandbox import SandboxProcess
from tests.promises.publication.conftest import NOON

_NUMBERS = count(1)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    process = SandboxProcess("channels", tmp_path_factory.mktemp("channels"))
    process.start()
    process.ready()
    yield process
    process.stop()


@pytest_asyncio.fixture
async def channels(sandbox: SandboxProcess) -> AsyncIterator[SandboxChannels]:
    adapter = SandboxChannels(PartnerSettings(url=sandbox.url, timeout_s=2.0))
    yield adapter
    await adapter.close()


@pytest.fixture
def channel() -> str:
    """One no other test speaks to."""
    return f"shop{next(_NUMBERS)}"


def offers(channel: str, *said: tuple[str, int, int]) -> OfferBatch:
    """Each is an article, its number and the version."""
    return batch_of(
        channel,
        [Offer(sku=sku, quantity=quantity, version=version, changed_at=NOON) for sku, quantity, version in said],
    )


def shown(sandbox: SandboxProcess, channel: str) -> dict[str, int]:
    stock = sandbox.get(f"/channels/{channel}/stock")["stock"]
    return {sku: offer["quantity"] for sku, offer in stock.items()}


async def test_it_shows_what_it_was_told(sandbox: SandboxProcess, channels: SandboxChannels, channel: str) -> None:
    await channels.publish(offers(channel, ("MUG", 5, 1), ("LAMP", 7, 1)))

    assert shown(sandbox, channel) == {"MUG": 5, "LAMP": 7}
    assert shown(sandbox, "another") == {}


async def test_the_same_batch_again_gets_the_same_answer_and_changes_nothing(
    sandbox: SandboxProcess, channels: SandboxChannels, channel: str
) -> None:
    batch = offers(channel, ("MUG", 5, 1))

    assert await channels.publish(batch) == await channels.publish(batch)
    assert sandbox.verdicts(batch.key) == ["done", "replayed"]
    assert len(sandbox.effects(batch.key)) == 1


async def test_an_older_version_never_overwrites_a_newer_one(
    sandbox: SandboxProcess, channels: SandboxChannels, channel: str
) -> None:
    await channels.publish(offers(channel, ("MUG", 3, 2)))

    await channels.publish(offers(channel, ("MUG", 5, 1), ("LAMP", 1, 1)))

    assert shown(sandbox, channel) == {"MUG": 3, "LAMP": 1}


async def test_a_lost_reply_is_transient_and_telling_again_changes_nothing(
    sandbox: SandboxProcess, channels: SandboxChannels, channel: str
) -> None:
    batch = offers(channel, ("MUG", 5, 1))

    with sandbox.dialled(fail_next=["drop_after"]), pytest.raises(Transient):
        await channels.publish(batch)

    await channels.publish(batch)
    assert sandbox.verdicts(batch.key) == ["done", "replayed"]


@pytest.mark.parametrize("fault", ["garbage", "html", "wrong_order"])
async def test_an_answer_that_makes_no_sense_is_no_answer(
    sandbox: SandboxProcess, channels: SandboxChannels, channel: str, fault: str
) -> None:
    with sandbox.dialled(fail_next=[fault]), pytest.raises(Transient):
        await channels.publish(offers(channel, ("MUG", 5, 1)))


async def test_another_batch_under_the_same_key_is_not_taken(channels: SandboxChannels, channel: str) -> None:
    batch = offers(channel, ("MUG", 5, 1))
    await channels.publish(batch)

    with pytest.raises(Uncertain):
        await channels.publish(offers(channel, ("MUG", 9, 2)).model_copy(update={"key": batch.key}))


async def test_beyond_its_quota_it_says_when_to_come_back_and_other_channels_do_not_notice(
    sandbox: SandboxProcess, channels: SandboxChannels, channel: str
) -> None:
    with sandbox.dialled(calls_per_second=1):
        await channels.publish(offers(channel, ("MUG", 5, 1)))
        with pytest.raises(Unavailable) as throttled:
            await channels.publish(offers(channel, ("MUG", 4, 2)))
        await channels.publish(offers(f"{channel}b", ("MUG", 5, 1)))

    assert throttled.value.retry_after_s == 1.0
    assert shown(sandbox, channel) == {"MUG": 5}


async def test_an_article_it_does_not_list_is_refused_with_its_whole_batch(
    sandbox: SandboxProcess, channels: SandboxChannels, channel: str
) -> None:
    with sandbox.dialled(unlisted=["LAMP"]), pytest.raises(Refused, match="LAMP"):
        await channels.publish(offers(channel, ("MUG", 5, 1), ("LAMP", 7, 1)))

    assert shown(sandbox, channel) == {}
