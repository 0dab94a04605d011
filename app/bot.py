"""The production bot: messengers, sync and jobs wired together in one process, started and stopped in order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Coroutine
from typing import Any
from urllib.parse import urlsplit

from app.broadcasts import Broadcasts
from app.content import Content
from app.dispatcher import Dispatcher
from app.effects import Effects
from app.pictures import painter
from app.seeding import seed
from app.sender import Sender
from app.settings import Settings
from app.status import Reporter
from core.errors import MessengerError, OutageError
from core.messages import Platform
from core.ports import Messenger, Picture
from core.schema import TABS
from integrations.api import Api
from integrations.guard import Guard
from integrations.http import Http
from integrations.quotes import Quotes
from integrations.secrets import Secret, Secrets
from integrations.weather import Weather
from integrations.world import World as Outside
from jobs.ticker import Ticker
from messengers.telegram import TelegramMessenger
from messengers.vk import VkMessenger
from sheets.cycle import SheetSync
from sheets.google import open_google
from store.store import Store

log = logging.getLogger(__name__)

#: SIGTERM to exit, in seconds: what does not finish by then waits in the inbox and the outbox.
_DRAIN = 1.5
_CLOSE = 1.0


class Bot:
    """Everything that lives as long as the process. Built from settings; `run` returns the exit code."""

    def __init__(self, settings: Settings) -> None:
        self.store = Store(settings.database_url)
        seed(self.store, settings.recipe, only_owner_tabs=bool(settings.google_sheet_id))
        self.content = Content(self.store, settings.timezone)
        http = Http(Guard(settings.allow_private_hosts))
        self.messengers = _messengers(settings, painter(http))
        self.effects = Effects(_outside(settings, http, self.store).answer, self.messengers)
        self.sender = Sender(self.store, self.messengers, self._fatal)
        self.dispatcher = Dispatcher(self.store, self.content, self.effects, self.sender, self.messengers)
        self.broadcasts = Broadcasts(self.store, self.content, self.effects, self.sender, self.messengers)
        self.sync = self._sheet(settings)
        self.reporter = Reporter(self.store, self.sync, self.sender)
        self.store.on_change(self._changed)
        self._tasks: set[asyncio.Task[None]] = set()
        self._alive: set[Platform] = set(self.messengers)
        self._over = asyncio.Event()
        self._code = 0

    def _sheet(self, settings: Settings) -> SheetSync | None:
        if not settings.google_sheet_id:
            return None
        credentials = settings.google_credentials.get_secret_value()
        surface = open_google(settings.google_sheet_id, credentials, settings.google_api_url)
        return SheetSync(surface, self.store, TABS, lambda tables: None, self._journal)

    async def run(self, stop: asyncio.Event) -> int:
        """Serve until ``stop`` is set or no messenger is left; then hand everything back within five seconds."""
        backlog, unsent = self.dispatcher.recover(), self.sender.recover()
        if backlog or unsent:
            log.info("taking up where we stopped: %d messages to answer, %d answers to send", backlog, unsent)
        for messenger in self.messengers.values():
            self._spawn(self._serve(messenger))
        if self.sync is not None:
            self._spawn(self.sync.run())
        ticker = Ticker(self.broadcasts.tick, self._job_failed)
        ticker.start()
        self._spawn(self.reporter.run())
        waits = [asyncio.create_task(stop.wait()), asyncio.create_task(self._over.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        await ticker.stop(_CLOSE)
        await self._shut_down()
        return self._code

    async def _serve(self, messenger: Messenger) -> None:
        """One messenger for as long as its token lives; an outage at start is waited out."""
        pause = 1.0
        while True:
            try:
                name = await messenger.start()
                log.info("%s: %s listens", messenger.platform, name)
                await messenger.listen(self.store.position(messenger.platform), _receiver(self.dispatcher, messenger))
            except OutageError as error:
                log.warning("%s: %s", messenger.platform, error)
            except MessengerError as error:
                self._fatal(messenger.platform, str(error))
                return
            except Exception as error:
                log.exception("%s: %s", messenger.platform, type(error).__name__)
            log.warning("%s: trying again in %.0f s", messenger.platform, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 60.0)

    def _fatal(self, platform: Platform, detail: str) -> None:
        """A messenger cannot go on without the operator; with none left the process ends and says so."""
        if platform not in self._alive:
            return
        self._alive.discard(platform)
        log.error("%s stopped: %s", platform, detail)
        self._journal("Мессенджер", f"{platform} остановлен: {detail}", "Поправьте настройку и перезапустите бота.")
        if not self._alive:
            self._code = 1
            self._over.set()

    def _changed(self, tables: set[str]) -> None:
        self.content.reload(tables)
        if self.sync is not None:
            self.sync.wake()

    def _journal(self, where: str, what: str, fix: str) -> None:
        self.store.journal(where, what, fix, time.time())

    def _job_failed(self, error: BaseException) -> None:
        log.error("job failed: %s", type(error).__name__, exc_info=error)
        self._journal("Рассылки", f"Задача по расписанию не удалась: {type(error).__name__}.", "Попробую ещё раз.")

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("background task ended: %s", type(error).__name__, exc_info=error)

    async def _shut_down(self) -> None:
        """Intake first, then running turns, then what is on its way out; stragglers stay stored."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.wait(self._tasks, timeout=_CLOSE) if self._tasks else None
        await self.dispatcher.drain(_DRAIN)
        await self.sender.drain(_DRAIN)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE):
                await asyncio.gather(*(m.close() for m in self.messengers.values()), return_exceptions=True)
        if self.sync is not None:
            await self.sync.close()
        self.effects.close()
        self.store.close()


def _receiver(dispatcher: Dispatcher, messenger: Messenger) -> Any:
    async def receive(events: Any, position: str) -> None:
        await dispatcher.receive(messenger.platform, events, position)

    return receive


def _messengers(settings: Settings, picture: Picture) -> dict[Platform, Messenger]:
    messengers: dict[Platform, Messenger] = {}
    if token := settings.telegram_token.get_secret_value():
        messengers["telegram"] = TelegramMessenger(token, settings.telegram_api_url, picture=picture)
    if token := settings.vk_token.get_secret_value():
        messengers["vk"] = VkMessenger(token, settings.vk_group_id, settings.vk_api_url, picture=picture)
    return messengers


def _outside(settings: Settings, http: Http, store: Store) -> Outside:
    key = settings.weatherapi_key.get_secret_value()
    host = urlsplit(settings.weatherapi_url).hostname or ""
    secrets = Secrets({"WEATHERAPI_KEY": Secret(key, frozenset({host}))} if key else {})
    return Outside(
        Weather(http, key, store, url=settings.weatherapi_url, fresh=settings.weather_cache_seconds),
        Quotes(http, store, url=settings.quotes_url),
        Api(http, secrets, store, allow_http=settings.allow_private_hosts),
    )
