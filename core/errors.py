"""Every error we raise on purpose: each names its cause and carries a hint for the person who can fix it."""

from __future__ import annotations


class TabletalkError(Exception):
    """Something we foresaw.

    ``hint`` is what to do about it, in words of whoever reads it (operator: English or Russian log; owner: Russian).
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.args[0]} {self.hint}".strip()


class SettingError(TabletalkError):
    """A setting is missing or wrong; the message names it and shows an example."""


class MessengerError(TabletalkError):
    """A messenger refused us for good: dead token, missing rights."""


class OutageError(MessengerError):
    """A messenger cannot be reached now; it may be reached later without anybody's help."""


class SheetError(TabletalkError):
    """The sheet cannot be read or written now; the store keeps everything meanwhile."""


class FormulaError(TabletalkError):
    """A condition or formula typed by the owner cannot be understood."""


class IntegrationError(TabletalkError):
    """An outside service did not give a usable answer."""
