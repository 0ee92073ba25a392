"""Stripe World in place of the payment sandbox, with the relay that makes its webhooks."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from ops.partners.program import Program
from ops.partners.stripe_world.software import installed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ops.stack.parts import Site

PORT = "stripe"
ACCOUNT = "orderloom"
"""The private account that our orders pay through; every other name is another account."""
KEY = "sk_test_orderloom"
"""Stripe World takes any key that looks like a test key."""
_SERVE = (
    "from seahaven.http import main; from seahaven_stripe_world import world; "
    "from seahaven_stripe_world.http_api import handle; main(world, handle)"
)
_ACCOUNTS_MAX = 10_000
_TEST_MODE = json.dumps({"startup": {"livemode": False}, "clock_mode": "wall"})
SAMPLE_TOKENS = {
    "tok_declined": "tok_visa_chargeDeclined",
    "tok_insufficient": "tok_visa_chargeDeclinedInsufficientFunds",
    "tok_confirm": "tok_threeDSecure2Required",
    "tok_disputed": "tok_visa_createDisputeProductNotReceived",
}
"""What tokens of our sample orders stand for at Stripe (https://docs.stripe.com/testing); and two more, to try by hand:
a customer who has to confirm with his bank, and one who complains to it."""


class StripeWorld:
    """Stripe World as a part of the stack."""

    name = "stripe"
    partners = ("payment",)
    ports = (PORT,)

    def prepare(self, tell: Callable[[str], None]) -> None:
        """Install it; quick where that was done before."""
        tell("Stripe World: being installed, where it is not yet; it forgets every payment when the stack ends")
        installed()

    def programs(self, site: Site) -> Sequence[Program]:
        """The server, which forgets everything when it ends; and the relay of its events to our API."""
        port = site.ports[PORT]
        return [
            server(port, site.folder),
            Program(
                name="stripe-relay",
                command=(
                    *(sys.executable, "-m", "ops.partners.stripe_world.relay"),
                    *(account_url(port), f"{site.api_url}/v1/callbacks/payment", str(site.folder / "relayed")),
                ),
                health=f"http://127.0.0.1:{port}/",
                environment={"STRIPE_KEY": KEY, "STRIPE_WEBHOOK_SECRET": site.secrets["payment"]},
                after=("stripe-world",),
            ),
        ]

    def environment(self, site: Site) -> dict[str, str]:
        """The settings by which our processes pay through it."""
        return settings(account_url(site.ports[PORT])) | {
            "ORDERLOOM_PAYMENT__CALLBACK_SECRET": site.secrets["payment"],
        }


def server(port: int, folder: Path) -> Program:
    """The server alone, on a port."""
    folder.mkdir(parents=True, exist_ok=True)
    return Program(
        name="stripe-world",
        command=(
            *(str(installed()), "-c", _SERVE, "--host", "127.0.0.1", "--port", str(port)),
            *("--max-instances", str(_ACCOUNTS_MAX), "--reset-options", _TEST_MODE),
        ),
        health=f"http://127.0.0.1:{port}/",
        folder=folder,
    )


def account_url(port: int, account: str = ACCOUNT) -> str:
    """The API's address for one private account."""
    return f"http://127.0.0.1:{port}/worlds/{account}"


def settings(url: str) -> dict[str, str]:
    """The adapter's settings for an account; cards our samples name are test cards, any other is a good Visa card."""
    return {
        "ORDERLOOM_PAYMENT__KIND": "stripe",
        "ORDERLOOM_PAYMENT__URL": url,
        "ORDERLOOM_PAYMENT__KEY": KEY,
        "ORDERLOOM_PAYMENT__OPTIONS": json.dumps({"tokens": SAMPLE_TOKENS, "test_token": "tok_visa"}),
    }
