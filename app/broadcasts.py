"""«Рассылки» at work: when a slot is due, runs its step for every subscriber and every named chat, each once."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from app.audience import Address, read_audience
from app.content import Content, owner_settings
from app.effects import Effects
from app.outgoing import parts_of, report
from app.sender import Sender
from core.changes import Put
from core.engine import speak
from core.errors import FormulaError, TabletalkError
from core.messages import Event, Platform
from core.ports import Messenger
from core.schema import BROADCASTS, PEOPLE
from core.session import Session
from core.suggest import did_you_mean
from core.template import show
from core.values import Cell, Row
from jobs.broadcasts import Due, Plan, State, enabled, plan, read
from jobs.quiet import parse_quiet
from store.store import Store, TurnRecord

log = logging.getLogger(__name__)

_SEEN = "broadcasts.seen"
#: Since when rows have been wrong, by id: time stands still for them, so a mended row catches up on what it missed.
_WRONG = "broadcasts.wrong"
#: People answered in a row before the event loop gets a turn: whoever talks right now goes first.
_BREATH = 20
_LATER = 1  #: outbox priority: replies are 0
#: Words in «Статус» that tell what a row is waiting for; anything else is news about its last run and stays.
_WAITING = ("Ждёт", "Не отправляется", "Выключена", "Время прошло")


class Broadcasts:
    """Looks at the table every few seconds; a slot is claimed by a unique row before anything is said."""

    def __init__(
        self,
        store: Store,
        content: Content,
        effects: Effects,
        sender: Sender,
        messengers: Mapping[Platform, Messenger],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._content = content
        self._effects = effects
        self._sender = sender
        self._messengers = messengers
        self._clock = clock
        self._looking = asyncio.Lock()

    async def tick(self) -> None:
        """One look at every row: finish what a crash interrupted, send what is due, write the state into the row."""
        async with self._looking:  # a second look at the same time would take a run in progress for an interrupted one
            now = self._now()
            quiet = self._is_quiet(now)
            seen: str = self._store.memo(_SEEN) or now.isoformat()
            wrong_since: dict[str, str] = self._store.memo(_WRONG) or {}
            wrong: dict[str, str] = {}
            for row in list(self._store.rows(BROADCASTS.title)):
                since = wrong_since.get(row.id, seen)
                outlook = plan([row], now, self._content.world.timezone, datetime.fromisoformat(since))
                problem = self._problem(row, outlook)
                if problem:
                    wrong[row.id] = since
                elif not quiet and enabled(row):
                    await self._catch_up(row, outlook)
                self._write(row, outlook, problem, quiet)
            if not quiet:  # what becomes due in quiet hours is looked at again after them
                self._store.set_memo(_WRONG, wrong)
            self._store.set_memo(_SEEN, seen if quiet else now.isoformat())

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), self._content.world.timezone)

    def _is_quiet(self, now: datetime) -> bool:
        """During quiet hours nothing is sent; what became due then goes out after them, if it is not too late."""
        try:
            quiet = parse_quiet(owner_settings(self._store).get("тихие часы", ""))
        except TabletalkError as error:
            self._store.journal("Настройки", str(error), "Например: 22:00-8:00", self._clock())
            return False
        return quiet is not None and quiet.until(now, self._content.world.timezone) is not None

    async def _catch_up(self, row: Row, outlook: Plan) -> None:
        """Interrupted runs first, then the new ones: an interrupted run, too, may have become too late."""
        _, late = read(row)
        for open_slot in self._store.open_slots():
            if open_slot.broadcast == row.id:
                slot = datetime.fromisoformat(open_slot.slot).replace(tzinfo=self._content.world.timezone)
                fresh = self._now() - slot <= late
                await self._run(Due(row, slot, State.SEND if fresh else State.SKIP))
        for due in outlook.due:
            if self._store.claim(row.id, due.key):
                await self._run(due)

    async def _run(self, due: Due) -> None:
        if due.state is State.SEND:
            await self._send(due.row, due.key)
            return
        self._store.slot_done(due.row.id, due.key, 0, 0)
        begun = bool(self._store.delivery(_key(due.row.id, due.key)))
        what = "Отправлена не всем: бот прервался на" if begun else "Пропущена: вовремя не получилось"
        self._say(due.row, {"Статус": f"{what} {due.slot:%d.%m в %H:%M}, а теперь поздно."})

    async def _send(self, row: Row, slot: str) -> None:
        """Everybody once: an outbox key per (broadcast, slot, person) tells who was spoken to before a crash."""
        step, failed = _step(row), 0
        self._say(row, {"Статус": "Отправляется…"})
        recipients = dict(self._recipients(row, slot))
        for count, (event, person) in enumerate(recipients.items(), start=1):
            failed += not await self._speak_to(person, event, step)
            if count % _BREATH == 0:
                await asyncio.sleep(0)
        if failed:
            self._tell(row, f"Шаг «{step}» не получился для получателей: {failed}.", "Подробности в журнале сервера.")
        self._store.slot_done(row.id, slot, len(recipients) - failed, failed)
        sent = f"Отправлена {slot[8:10]}.{slot[5:7]} в {slot[11:16]}, получателей: {len(recipients)}"
        self._say(row, {"Статус": sent})
        log.info("broadcast %s at %s: %d recipients, %d failed", row.id, slot, len(recipients), failed)

    def _recipients(self, row: Row, slot: str) -> Iterator[tuple[Event, str]]:
        """Events with the row ids of the people they speak to, "" for a group chat."""
        audience = read_audience(row, self._store.columns(PEOPLE.title))
        now = self._now()
        for person in list(self._store.rows(PEOPLE.title)):
            try:
                address = audience.address(person, self._messengers, now)
            except FormulaError as error:
                self._tell(row, f"«Кому» не удалось проверить для одного человека: {error}", "Поправьте его строку.")
                continue
            if address is not None:
                yield _event(row, slot, address, now, group=False), person.id
        for address in audience.chats:
            if address[0] in self._messengers:
                yield _event(row, slot, address, now, group=True), ""

    async def _speak_to(self, person: str, event: Event, step: str) -> bool:
        """Run the step for one person or chat; False when it broke down."""
        if self._store.delivery(f"{event.key}/"):
            return True  # before a crash: a second run would repeat what the step does to the tables
        before = self._store.session(event.lane)
        steps = speak(
            self._content.scenario, Session.from_json(before), event, self._content.world, step, person_id=person
        )
        try:
            turn = await self._effects.drive(steps, event)
        except Exception as error:  # one person's trouble must not cost the others their letter
            log.exception("broadcast step failed: %s", type(error).__name__)
            return False
        untouched = self._store.session(event.lane) == before  # an API may have taken its time meanwhile
        record = TurnRecord(
            inbox_id=None,
            lane=event.lane,
            session=turn.session.to_json() if person and untouched else None,
            changes=tuple(turn.changes),
            outgoing=parts_of(event, turn.said, self._messengers),
            priority=_LATER,
            now=event.at,
        )
        self._sender.enqueue(self._store.commit([record]))
        report(turn, self._store, self._messengers)
        return True

    # --- what the owner reads

    def _problem(self, row: Row, outlook: Plan) -> str:
        """What keeps this row from being sent, "" when nothing does."""
        if not enabled(row):
            return ""
        if row.id in outlook.problems:
            return str(outlook.problems[row.id])
        step, scenario = _step(row), self._content.scenario
        if not step:
            return "Не указан шаг: что отправлять."
        if scenario.index(step) is None:
            return f"Шаг «{step}» не найден.{did_you_mean(step, scenario.names)}"
        try:
            read_audience(row, self._store.columns(PEOPLE.title))
        except TabletalkError as error:
            return str(error)
        return ""

    def _write(self, row: Row, outlook: Plan, problem: str, quiet: bool) -> None:
        row = self._store.row(BROADCASTS.title, row.id) or row  # a run has just written into it
        upcoming = outlook.upcoming.get(row.id)
        cells: dict[str, Cell] = {"Следующая": f"{upcoming:%Y-%m-%dT%H:%M}" if upcoming else ""}
        held = quiet and any(due.state is State.SEND for due in outlook.due)
        status = show(row.get("Статус"))
        if problem:
            cells["Статус"] = f"Не отправляется: {problem}"
        elif held:
            cells["Статус"] = "Ждёт конца тихих часов"
        elif not status or status.startswith(_WAITING):
            waiting = "Ждёт своего часа" if upcoming else "Время прошло: больше не отправится"
            cells["Статус"] = waiting if enabled(row) else "Выключена"
        last = self._store.last_slot(row.id)
        states = self._store.delivery(_key(row.id, last.slot)) if last else {}
        if last and states:  # after a month the keys are gone, the figures stay
            cells["Отправлено"] = states.get("sent", 0) + states.get("uncertain", 0)
            cells["Не дошло"] = states.get("blocked", 0) + states.get("rejected", 0) + last.failed
        self._say(row, cells)

    def _say(self, row: Row, cells: Mapping[str, Cell]) -> None:
        now = self._store.row(BROADCASTS.title, row.id) or row
        news = {column: cell for column, cell in cells.items() if now.get(column) != cell}
        if news:
            change = Put(BROADCASTS.title, row.id, news)
            self._store.commit([TurnRecord(None, "", None, (change,), (), now=self._clock())])

    def _tell(self, row: Row, what: str, fix: str) -> None:
        self._store.journal(f"Рассылки «{show(row.get('Название'))}»", what, fix, self._clock())


def _step(row: Row) -> str:
    return show(row.get("Шаг")).strip()


def _key(broadcast: str, slot: str) -> str:
    return f"broadcast:{broadcast}:{slot}:"


def _event(row: Row, slot: str, address: Address, now: datetime, *, group: bool) -> Event:
    platform, number = address
    key = f"{_key(row.id, slot)}{platform}:{number}"
    return Event(key, platform, number, number, "start", now.timestamp(), group=group)
