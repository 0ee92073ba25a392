"""A return writes its own part of the order's journal, and gives each tender its own money back."""

from __future__ import annotations

from models.ledger.accounts import LedgerAccount
from models.ledger.checking import balances
from models.ledger.portions import TaxShare
from models.order.payment_terms import PaymentTerms, TenderKind
from models.order.snapshot import TenderProgress
from models.returns.request import Resolution
from tests.promises.returns.world import ReturnWorld, a_case, come_and_pass, euro, sold, start


def written(world: ReturnWorld):
    found = {one.position: one for snapshot in world.returned for one in snapshot.postings}
    return [found[position] for position in sorted(found)]


def two_tenders():
    made = sold()
    tenders = (
        TenderProgress(
            kind=TenderKind.GIFT_CARD,
            reference="AUTH-GIFT",
            authorised=euro(1000),
            captured=euro(1000),
            refunded=euro(0),
        ),
        TenderProgress(
            kind=TenderKind.CARD, reference="AUTH-CARD", authorised=euro(800), captured=euro(800), refunded=euro(0)
        ),
    )
    taxed = made.lines[0].model_copy(update={"taxes": (TaxShare(code="VAT 19%", amount=euro(190 * 4)),)})
    return made.model_copy(update={"tenders": tenders, "lines": (taxed, made.lines[1])})


async def test_a_refund_goes_to_the_card_first_and_then_to_the_gift_card(world: ReturnWorld) -> None:
    handle = await start(world, a_case(two_tenders(), mugs=1))
    await world.until_state("authorised")
    await come_and_pass(handle)

    assert await world.end(handle) == "closed"
    assert [key.rsplit("/", 1)[1] for key in world.done("refund")] == ["card", "card-2"]
    assert world.refunded == 1190
    assert balances(written(world)) == {
        LedgerAccount.RETURNS: 1000,
        LedgerAccount.TAX: 190,
        LedgerAccount.PROVIDER: -800,
        LedgerAccount.GIFT_CARDS: -390,
    }


async def test_store_credit_is_what_we_owe_the_customer_now(world: ReturnWorld) -> None:
    handle = await start(world, a_case(mugs=1, resolution=Resolution.STORE_CREDIT))
    await world.until_state("authorised")
    await come_and_pass(handle)

    assert await world.end(handle) == "closed"
    left = balances(written(world))
    assert left[LedgerAccount.STORE_CREDIT] == -1190
    assert LedgerAccount.RECEIVABLE not in left


async def test_who_buys_on_account_owes_so_much_less(world: ReturnWorld) -> None:
    handle = await start(world, a_case(sold(terms=PaymentTerms.ACCOUNT, channel="b2b"), mugs=1))
    await world.until_state("authorised")
    await come_and_pass(handle)

    assert await world.end(handle) == "closed"
    assert balances(written(world))[LedgerAccount.RECEIVABLE] == -1190
