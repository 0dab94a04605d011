"""What the bot says now: the last scenario without errors and the owner's settings, fresh after every sheet change."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.checker import check
from core.decision_tables import DECISION_TABLES, check_conditions
from core.reader import read_scenario
from core.scenario import Problem, Scenario
from core.schema import SCENARIO, SETTINGS, TABS
from core.suggest import did_you_mean
from core.template import show
from core.turn import World
from core.values import Row, fold
from store.store import Store

log = logging.getLogger(__name__)

#: Where the rows of the live scenario are remembered.
_LIVE = "scenario/live"
_WEEKDAYS = ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")


class Content:
    """Keeps `scenario` and `world` fresh. A broken edit never goes live: the previous version keeps answering."""

    def __init__(self, store: Store, timezone: str) -> None:
        self._store = store
        self._timezone = timezone
        self._headers: dict[str, list[str]] = {}
        self.scenario = Scenario(())
        self.problems: list[Problem] = []
        self._restore()
        self.world = self._world()
        self.reload(store.names())

    def reload(self, tables: Collection[str]) -> None:
        """Called after tables changed, with their titles."""
        if SETTINGS.title in tables:
            self.world = self._world()
        headers = known_tables(self._store)
        if SCENARIO.title in tables or headers != self._headers:
            self._headers = headers
            self._reload_scenario()
        for title in DECISION_TABLES.keys() & set(tables):
            self._tell(check_conditions(title, self._store.rows(title)), "Пока эта строка никому не подходит.")

    def _restore(self) -> None:
        """Begin with the version that was live before the restart: the sheet may hold a broken one by now."""
        rows = [Row(row_id, cells) for row_id, cells in self._store.memo(_LIVE) or []]
        self.scenario = read_scenario(rows).scenario

    def _reload_scenario(self) -> None:
        """A version without errors goes live; a table's renamed header is a reason to look again."""
        rows = list(self._store.rows(SCENARIO.title))
        scenario, self.problems = check(rows, self._headers)
        errors = [problem for problem in self.problems if problem.level == "error"]
        if not errors:
            self.scenario = scenario
            self._store.set_memo(_LIVE, [[row.id, dict(row.cells)] for row in rows])
            log.info("scenario is live: %d steps", len(scenario))
            return
        log.warning("scenario has %d problems; the previous version keeps answering", len(errors))
        self._tell(errors, "Пока отвечает прежняя версия сценария.")

    def _tell(self, problems: Sequence[Problem], meanwhile: str) -> None:
        for problem in problems[:20]:
            where = str(problem).removesuffix(f": {problem.message}")
            self._store.journal(where, problem.message, meanwhile, time.time())

    def _world(self) -> World:
        values = owner_settings(self._store)
        zone = self._zone(values.get("часовой пояс", ""))
        self._store.timezone = zone
        return World(
            tables=self._store,
            timezone=zone,
            staff_chat=self._chat(values.get("чат сотрудников", "")),
            minimum_group=self._number(values.get("наименьшая группа", ""), 5),
            week_start=self._weekday(values.get("начало недели", "")),
        )

    def _zone(self, name: str) -> ZoneInfo:
        try:
            return ZoneInfo(name or self._timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self._wrong("Часовой пояс", name, "Europe/Moscow")
            return ZoneInfo(self._timezone)

    def _chat(self, text: str) -> str:
        platform, _, number = text.partition(":")
        if not text or (platform in ("telegram", "vk") and number.removeprefix("-").isdecimal()):
            return text
        self._wrong("Чат сотрудников", text, "telegram:-1001234567890 или vk:2000000001")
        return ""

    def _number(self, text: str, default: int) -> int:
        if not text or text.isdecimal():
            return int(text or default)
        self._wrong("Наименьшая группа", text, str(default))
        return default

    def _weekday(self, text: str) -> int:
        if not text or fold(text) in _WEEKDAYS:
            return _WEEKDAYS.index(fold(text)) if text else 0
        self._wrong("Начало недели", text, f"понедельник.{did_you_mean(text, list(_WEEKDAYS))}")
        return 0

    def _wrong(self, name: str, value: str, example: str) -> None:
        self._store.journal(
            "Настройки",
            f"{name}: не понимаю «{value[:60]}». Пока работает значение по умолчанию.",
            f"Например: {example}",
            time.time(),
        )


def owner_settings(store: Store) -> dict[str, str]:
    """«Настройки» by folded name, values as the owner typed them."""
    rows = store.rows(SETTINGS.title)
    return {fold(show(row.get("Настройка"))): show(row.get("Значение")).strip() for row in rows}


def known_tables(store: Store) -> dict[str, list[str]]:
    """Every tab with its headers: what the sheet has, and what the contract promises even before the first sync."""
    promised = {title: [column.name for column in tab.columns] for title, tab in TABS.items()}
    return {**promised, **{title: store.columns(title) or promised.get(title, []) for title in store.names()}}
