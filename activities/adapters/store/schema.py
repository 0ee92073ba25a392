"""What every table shares: one MetaData with named constraints, and types that are the same on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import DateTime, MetaData, String, Text
from sqlalchemy.dialects.postgresql import VARCHAR
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from pydantic import TypeAdapter
    from sqlalchemy import Dialect

T = TypeVar("T")

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        # Checks and indexes are named in full where they stand, since their columns do not say what they are for.
    }
)


def key(length: int) -> String:
    """Text that names something: compared and sorted by its bytes, as SQLite and Python do it too."""
    return String(length).with_variant(VARCHAR(length, collation="C"), "postgresql")


def storable(*texts: str | None) -> bool:
    """Whether the database can be asked for these at all; what it cannot be asked for, it does not have.

    PostgreSQL refuses the NUL character, and half a surrogate pair has no UTF-8.
    """
    return not any("\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text) for text in texts if text)


class UtcTime(TypeDecorator[datetime]):
    """A moment in UTC, to the microsecond. SQLite keeps it without an offset, PostgreSQL with one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn a moment of any offset into UTC.

        Raises:
            ValueError: the moment has no offset, and could be anything.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a moment needs its offset"
            raise ValueError(message)
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment back in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class JsonOf(TypeDecorator[T]):
    """A value kept as the very JSON that its model wrote, and read back by the model.

    It is text on both databases: a driver that parses JSON by itself would lose what a strict model needs.
    """

    impl = Text
    cache_ok = True

    def __init__(self, adapter: TypeAdapter[T]) -> None:
        """Write and read with this adapter."""
        super().__init__()
        self.adapter = adapter

    def process_bind_param(self, value: T | None, _dialect: Dialect) -> str | None:
        """Write the value."""
        return None if value is None else self.adapter.dump_json(value).decode()

    def process_result_value(self, value: str | None, _dialect: Dialect) -> T | None:
        """Read the value."""
        return None if value is None else self.adapter.validate_json(value)
