"""The ERP: masters, credit, the sales order of record, invoices."""

from typing import Annotated

from pydantic import Field

from models.base import Count, Identifier, Quantity, Sku, StrictModel, Text
from models.catalogue import Item
from models.ledger.portions import TaxShare
from models.ledger.terms import SellingEntity
from models.money import Money
from models.order.document import Moment, Unit
from models.order.parties import Address, Customer
from models.order.payment_terms import PaymentTerms
from models.partners.asking import Ask


class ItemEnquiry(StrictModel):
    """Which articles we want to know about."""

    skus: Annotated[tuple[Sku, ...], Field(min_length=1, max_length=2000)]


class ItemAnswer(StrictModel):
    """What the ERP knows of them; an article it does not know is left out."""

    items: tuple[Item, ...]


class CataloguePage(StrictModel):
    """Some of all articles, and where to go on."""

    items: tuple[Item, ...]
    next_cursor: Text | None = None


class CreditEnquiry(StrictModel):
    """May this account customer owe us so much more?"""

    customer_id: Identifier
    amount: Money


class CreditAnswer(StrictModel):
    """Where the customer's account stands. An unknown customer has `known` false and no limit."""

    known: bool
    limit: Money
    exposure: Money
    """Open orders and unpaid invoices, without the order asked about."""
    blocked: bool = False
    net_days: Count = 0


class ErpLine(StrictModel):
    """One line of a sales order or invoice."""

    line_id: Identifier
    sku: Sku
    name: Text | None = None
    quantity: Quantity
    unit: Unit = "C62"
    net: Money
    """Without tax, after discounts."""
    tax: Money
    from_stock: bool = True
    """Whether it leaves a node of ours: not a service, not a bundle whose parts are lines of their own, and not what
    the channel sends from its own stock."""


class SalesOrder(Ask):
    """Create the order of record."""

    external_reference: Text
    """What the customer calls the order."""
    channel: Text
    customer: Customer
    billing_address: Address | None = None
    shipping_address: Address | None = None
    lines: Annotated[tuple[ErpLine, ...], Field(min_length=1)]
    other_charges: Money
    """Shipping and other charges together, with their tax."""
    total: Money
    terms: PaymentTerms
    net_days: Count = 0
    purchase_order: Text | None = None


class SalesOrderChange(Ask):
    """Change the order of record to what it says; lines it does not name are cancelled."""

    sales_order: Text
    """The ERP's id of the order of record."""
    revision: Annotated[int, Field(ge=1)]
    """Counts up; one that comes late, after a newer one, changes nothing."""
    shipping_address: Address | None = None
    lines: Annotated[tuple[ErpLine, ...], Field(min_length=1)]
    """All that is to be delivered, what has been invoiced among it."""
    other_charges: Money
    total: Money
    reason: Text


class InvoiceLine(StrictModel):
    """So many of a sales order's line."""

    line_id: Identifier
    quantity: Quantity
    amount: Money
    """With tax, after discounts."""
    net: Money | None = None
    """Without tax, after discounts; none where the parts are not told."""
    discount: Money | None = None
    taxes: tuple[TaxShare, ...] = ()
    freight: Money | None = None
    """Its share of what this invoice charges beside the goods; stands in `other_charges` already."""


class Invoice(Ask):
    """Post an invoice for what was shipped."""

    sales_order: Text
    """The ERP's id of the order of record."""
    lines: Annotated[tuple[InvoiceLine, ...], Field(min_length=1)]
    other_charges: Money
    total: Money
    net_days: Count = 0
    paid: bool
    """Whether the money is in already, so that nothing is owed."""
    entity: SellingEntity | None = None
    """The company that sells it."""
    charge_taxes: tuple[TaxShare, ...] = ()
    """The tax in `other_charges`."""
    due_at: Moment | None = None
    """When it has to be paid; none where nothing is owed."""
    node: Identifier | None = None
    """Where the goods left from; none where nothing was sent, or nobody said."""


class CreditLine(StrictModel):
    """So many of a sales order's line, given back."""

    line_id: Identifier
    sku: Sku
    quantity: Quantity
    amount: Money
    """With tax, after discounts."""


class CreditMemo(Ask):
    """Post what is given back: lines and shipping, less what is kept for fees."""

    return_id: Text | None
    """None outside a return: a lost parcel, a quantity taken back."""
    sales_order: Text | None
    """The ERP's id of the order of record; none where nobody knows the order."""
    customer_id: Identifier | None = None
    lines: tuple[CreditLine, ...]
    shipping: Money
    fees: Money
    """Kept back for the way back and for restocking, as a positive amount."""
    allowance: Money | None = None
    """Given for no line in particular."""
    total: Money
    """Lines, shipping and allowance less fees."""
    store_credit: bool
    """Whether it stays as the customer's credit; otherwise the money is sent, or taken off what he owes."""
