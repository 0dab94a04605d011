"""How a spreadsheet's locale writes numbers, dates and truth: the same cell reads differently in Moscow and Boston."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.wording import MONTHS

EPOCH = datetime(1899, 12, 30)  # day 0 of every serial date; 1900 is not a leap year here


@dataclass(frozen=True, slots=True)
class Locale:
    name: str
    decimal: str
    group: str  #: how thousands are shown
    groups: str  #: how people may type them
    separator: str  #: between the arguments of a function
    day_first: bool
    date: str
    true: str
    false: str
    currency: str
    copy_of: str
    tab: str  #: what new tabs are called
    currencies: str  #: signs understood around a number, as a regular expression
    months: tuple[str, ...]


RUSSIAN = Locale(
    name="ru_RU",
    decimal=",",
    group="\u00a0",
    groups=" \u00a0\u202f",
    separator=";",
    day_first=True,
    date="dd.mm.yyyy",
    true="ИСТИНА",
    false="ЛОЖЬ",
    currency="#,##0.00\u00a0[$₽]",
    copy_of="Копия",
    tab="Лист",
    currencies="₽|р\\.|руб\\.?",
    months=MONTHS,
)
AMERICAN = Locale(
    name="en_US",
    decimal=".",
    group=",",
    groups=",",
    separator=",",
    day_first=False,
    date="m/d/yyyy",
    true="TRUE",
    false="FALSE",
    currency="[$$]#,##0.00",
    copy_of="Copy of",
    tab="Sheet",
    currencies="\\$",
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
)
LOCALES = {locale.name: locale for locale in (RUSSIAN, AMERICAN)}


def serial(moment: datetime | date) -> float:
    """Days since 30.12.1899, the fraction is the time of day; there is no time zone in it."""
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day)
    passed = moment - EPOCH
    return passed.days + round(passed.seconds / 86400, 10)


def moment(number: float) -> datetime:
    """The date and time of a serial number, to the second."""
    return EPOCH + timedelta(seconds=round(number * 86400))
