"""How a command ends that cannot go on: one line that a person can act on, and an exit code; never a traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.cli.exits import CommandError, ExitCode
from ops.stack.troubles import NotRunningError, StackError

if TYPE_CHECKING:
    from pydantic import ValidationError

_PREFIX = "ORDERLOOM_"


def end_of(error: Exception) -> tuple[str, ExitCode] | None:
    """Say what is wrong, and how the command ends; None for what is a defect of ours: that shows where it is."""
    match error:
        case CommandError():
            return str(error), error.exit_code
        case NotRunningError():
            return str(error), ExitCode.UNREACHABLE
        case StackError():
            return str(error), ExitCode.NO
        case UnicodeEncodeError():
            return "what was given holds bytes that are no text in UTF-8", ExitCode.USAGE
        case OSError():
            said = error.strerror or type(error).__name__
            return f"{error.filename}: {said}" if error.filename else said, ExitCode.NO
        case _:
            return _of_settings(error) or _of_others(error)


def _of_settings(error: Exception) -> tuple[str, ExitCode] | None:
    """What is wrong with the environment, by the name of the setting; its value may be a secret and is not told."""
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    match error:
        case ValidationError() if error.title == "Settings":
            return _wrong(error), ExitCode.USAGE
        case SettingsError():
            return f"a setting that has to be a JSON document is none: {error}", ExitCode.USAGE
        case ValueError() if str(error).startswith(_PREFIX):
            # Adapters and formats say themselves which setting it is about.
            return str(error), ExitCode.USAGE
        case _:
            return None


def _wrong(error: ValidationError) -> str:
    said = (
        f"{_PREFIX}{'__'.join(str(step) for step in detail['loc']).upper()}: {detail['msg']}"
        for detail in error.errors(include_url=False, include_input=False, include_context=False)
    )
    return "; ".join(said)


def _of_others(error: Exception) -> tuple[str, ExitCode] | None:
    """What a database or a partner does to us."""
    from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

    from models.errors import OrderloomError, PartnerError

    match error:
        case ArgumentError() | NoSuchModuleError():
            return f"{_PREFIX}DATABASE_URL is no address of a database that is known here", ExitCode.USAGE
        case DBAPIError():
            said = str(error.orig).strip().partition("\n")[0]
            return f"the database cannot be used: {said}", ExitCode.UNREACHABLE
        case PartnerError():
            return f"{error.partner} {error}", ExitCode.UNREACHABLE
        case OrderloomError():
            return str(error), ExitCode.NO
        case _:
            return None
