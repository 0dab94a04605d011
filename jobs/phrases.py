"""Reads «Когда» and «Опоздание» as owners write them, and says in words what it could not read."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from core.errors import TabletalkError
from core.suggest import did_you_mean
from core.values import fold
from jobs.schedule import Calendar, Once, Schedule

EXAMPLES = (
    "каждый понедельник 10:00",
    "каждый день 9:30",
    "по будням 8:00",
    "каждый пн и чт 19:00",
    "1 числа 12:00",
    "25.12.2026 12:00",
)
DEFAULT_LATE = timedelta(hours=12)
_MOST_LATE = timedelta(days=31)
_YEARS = range(2000, 2101)

#: Reads a cron line; only its caller knows the library that can.
Cron = Callable[[str], Schedule]

# fmt: off
_WEEKDAYS = (
    ("пн", "понедельник", "понедельникам", "понедельника"),
    ("вт", "вторник", "вторникам", "вторника"),
    ("ср", "среда", "среду", "средам", "среды"),
    ("чт", "четверг", "четвергам", "четверга"),
    ("пт", "пятница", "пятницу", "пятницам", "пятницы"),
    ("сб", "суббота", "субботу", "субботам", "субботы"),
    ("вс", "воскресенье", "воскресеньям", "воскресенья"),
)
_DAY: dict[str, frozenset[int]] = {
    **{fold(word): frozenset({day}) for day, words in enumerate(_WEEKDAYS) for word in words},
    **dict.fromkeys(("день", "ежедневно"), frozenset(range(7))),
    **dict.fromkeys(("будни", "будням", "будний", "рабочий"), frozenset(range(5))),
    **dict.fromkeys(("выходные", "выходным", "выходной"), frozenset({5, 6})),
}
_FILLERS = frozenset({
    "каждый", "каждую", "каждое", "каждые", "каждого", "по", "в", "во", "и", "дни", "месяц", "месяца", "неделю",
    "ежемесячно", "еженедельно", "час", "часа", "часов", "ч",
})
# fmt: on
_MONTHDAY = frozenset({"числа", "число", "числам"})
_HOUR = frozenset({"час", "часа", "часов", "ч"})
_TOKEN = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}|\d{1,2}[:.]\d{2}(?![.\d])|\d+|[^\W\d_]+|[-–—]")
_DASHES = frozenset("-–—")
_CRON = re.compile(r"[\d*,/A-Za-z-]+(?: [\d*,/A-Za-z-]+){4}")
_LATE = re.compile(r"(\d{1,4})\s*(мин|ч|д|сут|нед)[а-я.]*")
_UNITS = {
    "мин": timedelta(minutes=1),
    "ч": timedelta(hours=1),
    "д": timedelta(days=1),
    "сут": timedelta(days=1),
    "нед": timedelta(weeks=1),
}


class ScheduleError(TabletalkError):
    """The owner's words about time cannot be understood; the message is for «Статус»."""


@dataclass(slots=True)
class _Heard:
    """What was understood so far."""

    times: list[time] = field(default_factory=list)
    weekdays: set[int] = field(default_factory=set)
    monthdays: set[int] = field(default_factory=set)
    dates: list[date] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)  #: not known yet whether hours or days of the month


def parse(text: str, cron: Cron | None = None) -> Schedule:
    """«Когда» as a schedule. Raises `ScheduleError`."""
    if not text.strip():
        raise ScheduleError("Не указано, когда отправлять.", _examples())
    if cron and _CRON.fullmatch(" ".join(text.split())):
        return cron(" ".join(text.split()))
    heard = _Heard()
    tokens = _TOKEN.findall(fold(text))
    for index, token in enumerate(tokens):
        _hear(heard, tokens, index, token)
    return _schedule(heard, text)


def parse_late(text: str) -> timedelta:
    """«Опоздание»: how late a missed broadcast is still worth sending. Raises `ScheduleError`."""
    if not text.strip():
        return DEFAULT_LATE
    match = _LATE.fullmatch(fold(text))
    if match is None:
        raise ScheduleError(f"Не понимаю опоздание «{text.strip()[:40]}».", "Например: 30 минут, 6 часов, 2 дня.")
    late = int(match[1]) * _UNITS[match[2]]
    if late > _MOST_LATE:
        raise ScheduleError("Опоздание больше месяца не имеет смысла.", "Например: 30 минут, 6 часов, 2 дня.")
    return late


def _hear(heard: _Heard, tokens: list[str], index: int, token: str) -> None:
    if token.count(".") == 2:
        heard.dates.append(_date(token))
    elif ":" in token or "." in token:
        hours, minutes = re.split("[:.]", token)
        heard.times.append(_time(token, int(hours), int(minutes)))
    elif token.isdecimal():
        heard.numbers.append(_number(token))
    elif token in _DASHES:
        _hear_range(heard, tokens, index)
    elif token in _DAY:
        heard.weekdays |= _DAY[token]
    elif token in _MONTHDAY:
        heard.monthdays.update(_monthday(number) for number in heard.numbers)
        heard.numbers.clear()
    elif token not in _FILLERS:
        raise ScheduleError(f"Не понимаю слово «{token[:40]}».{_meant(token)}", _examples())
    elif token in _HOUR or token in {"в", "во"}:
        _hear_hours(heard, tokens, index)


def _hear_range(heard: _Heard, tokens: list[str], index: int) -> None:
    """«пн-пт»: the dash stands between two days."""
    first, last = (
        _DAY.get(tokens[at], frozenset()) if 0 <= at < len(tokens) else frozenset() for at in (index - 1, index + 1)
    )
    if len(first) != 1 or len(last) != 1:
        raise ScheduleError("Тире ставят между днями недели: пн-пт 8:00.", _examples())
    (start,), (end,) = first, last
    heard.weekdays.update((start + step) % 7 for step in range((end - start) % 7 + 1))


def _hear_hours(heard: _Heard, tokens: list[str], index: int) -> None:
    """«9 часов» and «в 9»: a number that is an hour."""
    if tokens[index] in _HOUR:
        heard.times.extend(_time(str(number), number, 0) for number in heard.numbers)
        heard.numbers.clear()
        return
    ahead = tokens[index + 1 : index + 3]
    if ahead and ahead[0].isdecimal() and not (_MONTHDAY & set(ahead)) and not (_HOUR & set(ahead)):
        hour = _number(ahead[0])
        heard.times.append(_time(ahead[0], hour, 0))
        tokens[index + 1] = "в"


def _schedule(heard: _Heard, text: str) -> Schedule:
    kinds = [kind for kind in (heard.weekdays, heard.monthdays, heard.dates) if kind]
    if heard.numbers:
        number = heard.numbers[0]
        raise ScheduleError(f"Непонятно число {number}: время пишут так: {number % 24}:00.", _examples())
    if not kinds:
        raise ScheduleError(f"Не указан день в «{text.strip()[:60]}».", _examples())
    if not heard.times:
        raise ScheduleError(f"Не указано время в «{text.strip()[:60]}».", _examples())
    if len(kinds) > 1 or len(heard.dates) > 1:
        raise ScheduleError("В одной строке должно быть что-то одно: дни недели, числа месяца или дата.", _examples())
    times = tuple(sorted(set(heard.times)))
    if heard.dates:
        return Once(heard.dates[0], times)
    return Calendar(times, frozenset(heard.weekdays), frozenset(heard.monthdays))


def _date(token: str) -> date:
    day, month, year = (int(part) for part in token.split("."))
    if year not in _YEARS or month not in range(1, 13) or day not in range(1, monthrange(year, month)[1] + 1):
        raise ScheduleError(f"Нет такой даты: {token}.", "Дату пишут так: 25.12.2026.")
    return date(year, month, day)


def _time(token: str, hours: int, minutes: int) -> time:
    try:
        return time(hours, minutes)
    except ValueError:
        raise ScheduleError(f"Нет такого времени: {token}.", "Время пишут так: 9:30.") from None


def _number(token: str) -> int:
    if len(token) > 2:
        raise ScheduleError(f"Непонятно число {token[:20]}.", _examples())
    return int(token)


def _monthday(number: int) -> int:
    if not 1 <= number <= 31:
        raise ScheduleError(f"Нет такого числа месяца: {number}.", _examples())
    return number


def _meant(word: str) -> str:
    return did_you_mean(word, [*_DAY, *_MONTHDAY, *_FILLERS])


def _examples() -> str:
    return f"Примеры: {'; '.join(EXAMPLES)}."
