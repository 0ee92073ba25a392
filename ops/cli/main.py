"""The ``orderloom`` command: every subcommand, and how each of them ends."""

from __future__ import annotations

import sys

import typer

from ops.cli import (
    adapters,
    batches,
    benching,
    changes,
    database,
    deciding,
    demo,
    inventory,
    listing,
    proving,
    quarantine,
    reconciling,
    returns,
    showing,
    stack_commands,
    submitting,
    worklists,
)
from ops.cli.exits import CommandError, ExitCode
from ops.cli.output import error_console

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
app.command("list", rich_help_panel=_MORE)(worklists.worklist)
for _name, _group in (
    ("stock", inventory.app),
    ("change", changes.app),
    ("return", returns.app),
    ("batch", batches.app),
    ("reconcile", reconciling.app),
    ("quarantine", quarantine.app),
    ("bench", benching.app),
    ("prove", proving.app),
    ("db", database.app),
    ("adapter", adapters.app),
):
    app.add_typer(_group, name=_name, rich_help_panel=_MORE)


def main() -> None:
    """Run the command that was typed, and end with the exit code it means."""
    from ops.stack.troubles import NotRunningError, StackError

    try:
        app()
    except CommandError as error:
        _end(str(error), error.exit_code)
    except NotRunningError as error:
        _end(str(error), ExitCode.UNREACHABLE)
    except StackError as error:
        _end(str(error), ExitCode.NO)
    except KeyboardInterrupt:
        sys.exit(130)


def _end(message: str, code: ExitCode) -> None:
    error_console().print(f"orderloom: {message}", markup=False, style="red")
    sys.exit(code)


if __name__ == "__main__":
    main()
