"""`tabletalk init`: a recipe into the owner's Google Sheet, and what was done in words."""

from __future__ import annotations

from dataclasses import replace

import recipes
from app.settings import EXAMPLES, Settings
from core.blocks import BLOCKS
from core.errors import SettingError
from core.schema import SCENARIO, TABS, Tab
from sheets.google import open_google
from sheets.init import init


def schema() -> dict[str, Tab]:
    """The contract's tabs; the dropdown of «Блок» offers the blocks there are."""
    columns = tuple(
        replace(column, choices=tuple(BLOCKS)) if column.name == "Блок" else column for column in SCENARIO.columns
    )
    return {**TABS, SCENARIO.title: replace(SCENARIO, columns=columns)}


def set_up_sheet(settings: Settings, recipe: str) -> str:
    """Build what is missing; returns a report for the operator. Raises `SheetError`, `SettingError`."""
    if not settings.google_sheet_id:
        raise SettingError(
            "Не задана таблица: GOOGLE_SHEET_ID.", f"Пример: GOOGLE_SHEET_ID={EXAMPLES['GOOGLE_SHEET_ID']}"
        )
    tables = recipes.load(recipe)
    surface = open_google(
        settings.google_sheet_id, settings.google_credentials.get_secret_value(), settings.google_api_url
    )
    try:
        report = init(surface, tables, schema())
    finally:
        surface.close()
    lines = [f"Создал вкладки: {', '.join(report.created)}."] if report.created else []
    lines += [f"Добавил столбцы на «{title}»: {', '.join(columns)}." for title, columns in report.extended.items()]
    lines += [str(problem) for problem in report.problems]
    return "\n".join(lines) or "Всё уже на месте, менять нечего."
