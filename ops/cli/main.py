"""The ``orderloom`` command: every subcommand, and how each of them ends."""

from __future__ import annotations

import sys

import typer

from ops.cli.books import reconciling, worklists
from ops.cli.ends import end_of
from ops.cli.intake import batches, quarantine, submitting
from ops.cli.local import demo, stack_commands
from ops.cli.orders import changes, deciding, listing, returns, showing
from ops.cli.output import error_console
from ops.cli.stock import inventory, replenishing, risks
from ops.cli.trials import benching, proving
from ops.cli.upkeep import adapters, database, keys, partners

app = typer.Typer(
    help="Orderloom: every order finishes, or is in someone's queue with a reason.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_STACK, _ORDERS, _MORE = "The local stack", "Orders", "More"
for _name, _command, _panel in (
    ("demo", demo.demo, _STACK),
    ("up", stack_commands.up, _STACK),
    ("down", stack_commands.down, _STACK),
    ("status", stack_commands.status, _STACK),
    ("stop", stack_commands.stop_part, _STACK),
    ("start", stack_commands.start_part, _STACK),
    ("submit", submitting.submit, _ORDERS),
    ("orders", listing.orders, _ORDERS),
    ("show", showing.show, _ORDERS),
    ("approve", deciding.approve, _ORDERS),
    ("reject", deciding.reject, _ORDERS),
    ("cancel", deciding.cancel, _ORDERS),
):
    app.command(_name, rich_help_panel=_panel)(_command)
inventory.app.command("risks")(risks.risks)
app.command("list", rich_help_panel=_MORE)(worklists.worklist)
for _name, _group in (
    ("stock", inventory.app),
    ("replenish", replenishing.app),
    ("change", changes.app),
    ("return", returns.app),
    ("batch", batches.app),
    ("reconcile", reconciling.app),
    ("quarantine", quarantine.app),
    ("bench", benching.app),
    ("prove", proving.app),
    ("db", database.app),
    ("keys", keys.app),
    ("adapter", adapters.app),
    ("partners", partners.app),
):
    app.add_typer(_group, name=_name, rich_help_panel=_MORE)


def main() -> None:
    """Run the command that was typed, and end with the exit code it means."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        end = end_of(error)
        if end is None:
            raise
        message, code = end
        error_console().print(f"orderloom: {message}", markup=False, style="red")
        sys.exit(code)


if __name__ == "__main__":
    main()
