"""The command line: tabletalk run | init | check | sandbox | emulator."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

import click

from app.logs import set_up_logging
from app.settings import Settings, load, require_messenger
from core.errors import TabletalkError


class _Friendly(click.Group):
    """Errors we foresaw are a sentence and a hint, never a stack trace."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except TabletalkError as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=_Friendly)
def main() -> None:
    """Чат-бот, чей мозг и память — одна таблица."""


@main.command()
def run() -> None:
    """Запустить бота: мессенджеры, таблицу и рассылки, настройки из .env."""
    settings = load()
    require_messenger(settings)
    set_up_logging(settings)
    code = asyncio.run(_serve(settings))
    # Threads that wait for a slow server would hold the process for up to a minute; everything durable is on disk.
    logging.shutdown()
    sys.stdout.flush()
    os._exit(code)


async def _serve(settings: Settings) -> int:
    from app.bot import Bot  # the libraries behind it take a second to load: not for `check` and `--help`

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return await Bot(settings).run(stop)


@main.command()
@click.option("--recipe", default="", help="Какой бот положить в таблицу: fitness или quote.")
def init(recipe: str) -> None:
    """Подготовить пустую Google-таблицу: вкладки, столбцы, списки. Ничего не удаляет."""
    from app.setup_sheet import set_up_sheet

    settings = load()
    set_up_logging(settings)
    click.echo(set_up_sheet(settings, recipe or settings.recipe))


@main.command()
def check() -> None:
    """Проверить сценарий и таблицы; показать каждую ошибку с вкладкой, строкой и столбцом."""
    from app.checkup import check_up

    problems = check_up(load())
    for problem in problems:
        click.echo(str(problem))
    if any(problem.level == "error" for problem in problems):
        raise SystemExit(1)
    click.echo("Ошибок нет." if not problems else "Есть замечания, но бот работает.")


@main.command()
@click.option("--port", default=8080, show_default=True, help="Порт страницы.")
@click.option("--headless", is_flag=True, help="Без страницы: только эмуляторы и бот.")
@click.option("--data", type=click.Path(path_type=Path), default=None, help="Где хранить память бота.")
def sandbox(port: int, headless: bool, data: Path | None) -> None:
    """Песочница: эмуляторы, настоящий бот и страница с двумя телефонами и таблицей."""
    from importlib import import_module  # product code names no sandbox module: it stands beside the app

    import_module("sandbox.stage").play(port=port, headless=headless, data=data)


@main.command()
@click.argument("name", type=click.Choice(["telegram", "vk", "google", "weather", "quotes"]))
@click.option("--port", required=True, type=int, help="На каком порту 127.0.0.1 слушать.")
def emulator(name: str, port: int) -> None:
    """Один эмулятор отдельно, пустой, только на 127.0.0.1."""
    from importlib import import_module

    asyncio.run(import_module("sandbox.alone").serve(name, port))


if __name__ == "__main__":
    main()
