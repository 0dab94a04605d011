"""The spreadsheet contract: the tabs and columns the bot knows by name, their types, and who writes them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Type(StrEnum):
    """How a column's values are read from, and written to, a spreadsheet."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"  #: ISO "2026-11-22" inside
    DATETIME = "datetime"  #: ISO "2026-11-22T10:00" inside, in the owner's time zone
    PHONE = "phone"  #: "+79161234567", text in the sheet
    CHOICE = "choice"
    FLAG = "flag"  #: True / False inside, «да» / «нет» in the sheet


class Writer(StrEnum):
    """Who may change a cell; decides conflicts."""

    OWNER = "owner"
    BOT = "bot"
    BOTH = "both"  #: on conflict the owner wins


@dataclass(frozen=True, slots=True)
class Column:
    """One column the bot knows by name."""

    name: str
    type: Type = Type.TEXT
    writer: Writer = Writer.OWNER
    choices: tuple[str, ...] = ()
    hidden: bool = False
    width: int = 140  #: pixels, for a new sheet


@dataclass(frozen=True, slots=True)
class Tab:
    """One bot-managed tab. Tabs written by the owner alone are read whole; others are merged row by row."""

    title: str
    columns: tuple[Column, ...]
    what: str  #: one Russian sentence for the owner

    @property
    def merged(self) -> bool:
        return any(column.writer is not Writer.OWNER for column in self.columns)

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


ID_COLUMN = "_id"
WHO_COLUMN = "_кто"  #: the id of the person's row in «Пользователи» who caused this row

_T, _N, _D, _DT, _C, _F = Type.TEXT, Type.NUMBER, Type.DATE, Type.DATETIME, Type.CHOICE, Type.FLAG
_BOT, _BOTH = Writer.BOT, Writer.BOTH

ACTIVITY = ("низкая", "средняя", "высокая")
GOALS = ("похудеть", "набрать силу", "выносливость", "поддержать форму")

SCENARIO = Tab(
    "Сценарий",
    (
        Column("Шаг"),
        Column("Блок", _C),  # the choices are the blocks themselves, filled in by app at `init`
        Column("Текст", width=360),
        Column("Кнопки", width=220),
        Column("Переменная"),
        Column("Параметры", width=260),
        Column("Если", width=160),
        Column("Дальше"),
        Column("Ошибка", width=160),
    ),
    "Диалог: одна строка — один шаг бота.",
)
PEOPLE = Tab(
    "Пользователи",
    (
        Column("Имя", _T, _BOTH),
        Column("Город", _T, _BOTH),
        Column("VK", _T, _BOT),
        Column("Telegram", _T, _BOT),
        Column("Вес", _N, _BOTH),
        Column("Рост", _N, _BOTH),
        Column("Активность", _C, _BOTH, ACTIVITY),
        Column("Цель", _C, _BOTH, GOALS),
        Column("Подписка", _F, _BOTH),
        Column("В рейтинге", _F, _BOTH),
        Column("Первый визит", _DT, _BOT),
        Column("Последний визит", _DT, _BOT),
        Column("Имя в мессенджере", _T, _BOT),
        Column("Источник", _T, _BOT),
    ),
    "Все, кто писал боту: одна строка — один человек.",
)
ADVICE = Tab(
    "Рекомендации",
    (
        Column("Погода"),
        Column("Температура"),
        Column("Ветер"),
        Column("Осадки"),
        Column("Рекомендация", width=480),
    ),
    "Какой совет дать при какой погоде. Пустая клетка — «при любой».",
)
WORKOUTS = Tab(
    "Тренировки",
    (
        Column("Дата", _DT, _BOTH),
        Column("Участник", _T, _BOTH),
        Column("Упражнение", _T, _BOTH),
        Column("Минуты", _N, _BOTH),
        Column("Результат", _T, _BOTH),
        Column("Заметка", _T, _BOTH, width=240),
        Column(WHO_COLUMN, _T, _BOT, hidden=True),
    ),
    "Каждая записанная тренировка. Бот дописывает, вы поправляете.",
)
EXERCISES = Tab("Упражнения", (Column("Название"), Column("Описание", width=360)), "Что можно записать в тренировку.")
PROGRAMS = Tab(
    "Программы",
    (Column("Цель"), Column("Вес"), Column("Рост"), Column("Активность"), Column("Программа", width=480)),
    "Какую программу предложить кому.",
)
BROADCASTS = Tab(
    "Рассылки",
    (
        Column("Название"),
        Column("Когда", width=220),
        Column("Кому", width=180),
        Column("Шаг"),
        Column("Чаты", width=200),
        Column("Опоздание"),
        Column("Включена", _F),
        Column("Статус", _T, _BOT, width=220),
        Column("Отправлено", _N, _BOT),
        Column("Не дошло", _N, _BOT),
        Column("Следующая", _DT, _BOT),
    ),
    "Что и когда бот рассылает сам.",
)
QUOTES = Tab("Цитаты", (Column("Текст", width=480), Column("Автор")), "Цитаты на случай, если сервис цитат молчит.")
SETTINGS = Tab(
    "Настройки",
    (Column("Настройка", width=220), Column("Значение"), Column("Что это", width=480)),
    "Часовой пояс, тихие часы, чат сотрудников и другое.",
)
JOURNAL = Tab(
    "Журнал",
    (
        Column("Когда", _DT, _BOT),
        Column("Где", _T, _BOT, width=200),
        Column("Что случилось", _T, _BOT, width=480),
        Column("Что сделать", _T, _BOT, width=360),
    ),
    "Что бот хочет вам сказать: новое сверху.",
)

TABS: dict[str, Tab] = {
    tab.title: tab
    for tab in (
        SCENARIO,
        PEOPLE,
        ADVICE,
        WORKOUTS,
        EXERCISES,
        PROGRAMS,
        BROADCASTS,
        QUOTES,
        SETTINGS,
        JOURNAL,
    )
}
