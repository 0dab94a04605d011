"""Phone numbers as people in Russia type them, checked and brought to one form; the only user of phonenumbers."""

from __future__ import annotations

import phonenumbers

#: Longer than any number with brackets, dashes and «тел.» around it.
_LONGEST = 40


def parse_phone(text: str) -> str:
    """«8 (916) 123-45-67» as "+79161234567"; "" when no such number can exist."""
    if len(text) > _LONGEST:
        return ""
    try:
        found = phonenumbers.parse(text, "RU")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(found):
        return ""
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)


def show_phone(e164: str) -> str:
    """«+7 916 123-45-67»: for eyes."""
    return phonenumbers.format_number(phonenumbers.parse(e164), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
