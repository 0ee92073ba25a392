"""What can go wrong with the local stack, as sentences a person can act on."""


class StackError(Exception):
    """The stack cannot do what was asked; the message says why and what to do."""


class NotRunningError(StackError):
    """There is no stack running from this folder, or it does not answer."""
