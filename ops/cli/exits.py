"""Exit codes, and the errors that lead to them: one clear line, never a traceback."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What a script learns from how a command ends."""

    OK = 0
    NO = 1
    """It was asked, and the answer is no."""
    USAGE = 2
    UNREACHABLE = 3
    """There is no stack, or it does not answer."""


class CommandError(Exception):
    """A command cannot go on; the message is the line a person reads."""

    exit_code = ExitCode.NO


class UsageError(CommandError):
    """The command was called wrongly."""

    exit_code = ExitCode.USAGE


class UnreachableError(CommandError):
    """Nothing answers where the stack should be."""

    exit_code = ExitCode.UNREACHABLE
