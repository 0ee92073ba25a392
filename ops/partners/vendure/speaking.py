"""Vendure's GraphQL interfaces as its set-up and its shoppers use them: one question at a time, and no second try."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import httpx

from ops.stack.troubles import StackError

if TYPE_CHECKING:
    from types import TracebackType

_WITHIN_S = 60.0
_TOKEN = "vendure-auth-token"  # noqa: S105 - a header's name


class Shop:
    """A conversation with one interface; who logs in, or puts something in a basket, is known from then on."""

    def __init__(self, url: str, interface: str, *, key: str | None = None) -> None:
        """Speak to ``admin-api`` or ``shop-api`` of the shop at `url`, with an API key or as nobody yet."""
        headers = {} if key is None else {"vendure-api-key": key}
        self._client = httpx.Client(
            base_url=f"{url.rstrip('/')}/{interface}", headers=headers, timeout=_WITHIN_S, trust_env=False
        )

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the connection."""
        self._client.close()

    def ask(self, question: str, *, currency: str | None = None, **variables: object) -> Any:  # noqa: ANN401 - any answer
        """Ask, and answer the only field of what was answered; arguments and errors as of `each`."""
        return self.each(question, currency=currency, **variables)[0]

    def each(self, question: str, *, currency: str | None = None, **variables: object) -> list[Any]:
        """Ask, and answer every field of what was answered, in the order they were asked for.

        Args:
            question: a GraphQL query or mutation.
            currency: in which prices are meant; none: the shop's own.
            variables: of the question.

        Raises:
            StackError: the shop did not do all of it; says why.
        """
        said = self._client.post(
            "",
            params={"currencyCode": currency} if currency else {},
            json={"query": question, "variables": variables},
        )
        token = said.headers.get(_TOKEN)
        if token:
            self._client.headers["Authorization"] = f"Bearer {token}"
        answer = said.json()
        if answer.get("errors"):
            raise StackError(f"Vendure does not take it: {answer['errors'][0]['message']}")
        for field in answer["data"].values():
            if isinstance(field, dict) and "errorCode" in field:
                raise StackError(f"Vendure refuses: {field['message']} ({field['errorCode']})")
        return list(answer["data"].values())
