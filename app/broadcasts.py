"""«Рассылки» at work: when a slot is due, runs its step for every subscriber and every named chat, each once."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator, Mapping
from datetime import datetime

from app.audience import Audience, read_audience
from app.content import Content
from app.effects import Effects
from app.outgoing import parts_of
from app.sender import Sender
from core.changes import Put
from core.engine import speak
from core.errors import TabletalkError
from core.messages import Event, Platform
from core.ports import Messenger
from core.schema import BROADCASTS, PEOPLE
from core.session import Session
from core.suggest import did_you_mean
from core.template import show
from core.values import Cell, Row
from jobs.broadcasts import Due, Plan, State, enabled, plan
from jobs.quiet import parse_quiet
from store.store import Store, TurnRecord

log = logging.getLogger(__name__)

_SEEN = "broadcasts.seen"
#: People answered in a row before the event loop gets a turn: whoever talks right now goes first.
_BREATH = 20
_LATER = 1  #: outbox priority: replies are 0


class Broadcasts:
    """Looks at the table every few seconds; a slot is claimed by a unique row before anything is said."""

    def __init__(
        self,
        store: Store,
        content: Content,
        effects: Effects,
        sender: Sender,
        messengers: Mapping[Platform, Messenger],
    ) -> None:
        self._store = store
        self._content = content
        self._effects = effects
        self._sender = sender
        self._messengers = messengers

    async def tick(self) -> None:
        """One look: finish what a crash interrupted, send what is due, write the state into the rows."""
        rows = {row.id: row for row in self._store.rows(BROADCASTS.title)}
        now = datetime.fromtimestamp(time.time(), self._content.world.timezone)
        seen = self._store.memo(_SEEN)
        last_seen = datetime.fromisoformat(seen) if seen else None
        outlook = plan(rows.values(), now, self._content.world.timezone, last_seen)
        for slot in self._store.open_slots():
            if slot.broadcast in rows:
                await self._send(rows[slot.broadcast], slot.slot)
        if not self._is_quiet(now):
            for due in outlook.due:
                await self._take(due)
            self._store.set_memo(_SEEN, now.isoformat())
        elif last_seen is None:
            self._store.set_memo(_SEEN, now.isoformat())
        self._write(rows, outlook)

    def _is_quiet(self, now: datetime) -> bool:
        """During quiet hours nothing is sent; what became due then goes out after them, if it is not too late."""
        try:
            quiet = parse_quiet(self._content.quiet_hours)
        except TabletalkError as error:
            self._store.journal("Настройки", str(error), "Например: 22:00-8:00", time.time())
            return False
        return quiet is not None and quiet.until(now, self._content.world.timezone) is not None

    async def _take(self, due: Due) -> None:
        if due.state is State.SEND and self._problem(due.row):
            return  # said in the row; the slot stays free until the row is mended or too late
        if not self._store.claim(due.row.id, due.key):
            return
        if due.state is State.SKIP:
            self._store.slot_done(due.row.id, due.key, 0, 0)
            self._say(due.row, {"Статус": f"Пропущена: {due.slot:%d.%m %H:%M} прошло, пока бот не работал."})
            return
        await self._send(due.row, due.key)

    async def _send(self, row: Row, slot: str) -> None:
        """Everybody once: an outbox key per (broadcast, slot, person) makes a repeat after a crash harmless."""
        audience = self._audience(row)
        step, count = show(row.get("Шаг")), 0
        self._say(row, {"Статус": "Отправляется…"})
        for person, event in self._recipients(row, slot, audience):
            await self._speak_to(person, event, step)
            count += 1
            if count % _BREATH == 0:
                await asyncio.sleep(0)
        self._store.slot_done(row.id, slot, count, 0)
        self._say(row, {"Статус": f"Отправлена {slot[8:10]}.{slot[5:7]} в {slot[11:16]}, получателей: {count}"})
        log.info("broadcast %s at %s: %d recipients", row.id, slot, count)

    def _recipients(self, row: Row, slot: str, audience: Audience) -> Iterator[tuple[str, Event]]:
        for person in list(self._store.rows(PEOPLE.title)):
            address = audience.address(person, self._content.world)
            if address is not None and address[0] in self._messengers:
                yield person.id, _event(row, slot, address, group=False)
        for address in audience.chats:
            if address[0] in self._messengers:
                yield "", _event(row, slot, address, group=True)

    async def _speak_to(self, person: str, event: Event, step: str) -> None:
        before = self._store.session(event.lane)
        steps = speak(
            self._content.scenario, Session.from_json(before), event, self._content.world, step, person_id=person
        )
        turn = await self._effects.drive(steps, event)
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

    # --- what the owner reads in the row

    def _audience(self, row: Row) -> Audience:
        return read_audience(row, self._store.columns(PEOPLE.title))

    def _problem(self, row: Row) -> str:
        """What keeps this row from being sent, "" when nothing does."""
        step, names = show(row.get("Шаг")).strip(), self._content.scenario.names
        if self._content.scenario.index(step) is None:
            return f"Шаг «{step}» не найден.{did_you_mean(step, names)}" if step else "Не указан шаг: что отправлять."
        try:
            self._audience(row)
        except TabletalkError as error:
            return str(error)
        return ""

    def _write(self, rows: Mapping[str, Row], outlook: Plan) -> None:
        for row in rows.values():
            cells: dict[str, Cell] = {}
            if enabled(row):
                upcoming = outlook.upcoming.get(row.id)
                cells["Следующая"] = f"{upcoming:%Y-%m-%dT%H:%M}" if upcoming else ""
                error = outlook.problems.get(row.id)
                problem = str(error) if error else self._problem(row)
                if problem:
                    cells["Статус"] = f"Не отправляется: {problem}"
                elif show(row.get("Статус")).startswith("Не отправляется") or not row.get("Статус"):
                    cells["Статус"] = "Ждёт своего часа"
            last = self._store.last_slot(row.id)
            if last is not None:
                states = self._store.delivery(_key(row.id, last.slot))
                cells["Отправлено"] = states.get("sent", 0) + states.get("uncertain", 0)
                cells["Не дошло"] = states.get("blocked", 0) + states.get("rejected", 0) + states.get("failed", 0)
            self._say(row, cells)

    def _say(self, row: Row, cells: Mapping[str, Cell]) -> None:
        now = self._store.row(BROADCASTS.title, row.id) or row
        news = {column: cell for column, cell in cells.items() if now.get(column) != cell}
        if news:
            change = Put(BROADCASTS.title, row.id, news)
            self._store.commit([TurnRecord(None, "", None, (change,), (), now=time.time())])


def _key(broadcast: str, slot: str) -> str:
    return f"broadcast:{broadcast}:{slot}:"


def _event(row: Row, slot: str, address: tuple[Platform, str], *, group: bool) -> Event:
    platform, number = address
    key = f"{_key(row.id, slot)}{platform}:{number}"
    return Event(key, platform, number, number, "start", time.time(), group=group)
