"""The owner's book tells the truth: every example in it works, every block and parameter is in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import recipes
from core.blocks import BLOCKS
from core.checker import check
from core.decision import check_cell
from core.effects import WEATHER_FIELDS
from core.formula import compile_formula
from core.reader import split_params
from core.values import Row

BOOK = Path(__file__).parents[2] / "docs" / "owner"
PAGES = sorted(BOOK.glob("*.md"))
Table = list[dict[str, str]]


def tables(page: str) -> Iterator[tuple[str, Table]]:
    """The Markdown tables of a page, each with the line of text above it."""
    for above, block in re.findall(r"([^\n]*)\n\n((?:\|[^\n]*\n)+)", (BOOK / page).read_text(encoding="utf-8") + "\n"):
        header, _, *body = [_cells(line) for line in block.splitlines()]
        yield above, [dict(zip(header, row, strict=True)) for row in body]


def _cells(line: str) -> list[str]:
    cells = re.split(r"(?<!\\)\|", line)[1:-1]  # a template's own bar is written «\|»
    return [cell.strip().replace("\\|", "|").replace("<br>", "\n") for cell in cells]


def table(page: str, *columns: str) -> Table:
    return next(rows for _, rows in tables(page) if {*columns} <= {*rows[0]})


def quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def test_pages_and_links_exist() -> None:
    assert len(PAGES) >= 7
    for page in PAGES:
        links = re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8"))
        assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", [page.name for page in PAGES])
def test_scenario_examples_join_the_default_bot(page: str) -> None:
    """Rows of the book are put under the rows of the fitness recipe, and own tabs beside its tabs."""
    headers = {title: header for title, (header, _) in recipes.load("fitness").items()}
    header, body = recipes.load("fitness")["Сценарий"]
    rows = [dict(zip(header, row, strict=True)) for row in body]
    for above, example in tables(page):
        if own := re.fullmatch(r"Вкладка «(.+)»:", above):
            headers[own[1]] = list(example[0])
        elif {"Шаг", "Блок", "Текст"} <= {*example[0]}:
            rows += example
    _, problems = check([Row(f"r{number}", cells) for number, cells in enumerate(rows)], headers)
    assert problems == []


def test_there_are_scenario_examples() -> None:
    examples = [rows for page in PAGES for _, rows in tables(page.name) if "Блок" in rows[0] and "Текст" in rows[0]]
    assert len(examples) >= 4


def test_every_block_parameter_and_field_is_described() -> None:
    page = (BOOK / "blocks.md").read_text(encoding="utf-8")
    assert {row["Блок"] for row in table("blocks.md", "Блок", "Пример")} == {*BLOCKS}
    code = "\n".join(quoted(page))
    params = {param.name for block in BLOCKS.values() for param in block.params}
    assert {name for name in params if name not in code} == set()
    assert {name for name in WEATHER_FIELDS if f"{{погода.{name}}}" not in code} == {"погода"}
    rating = BLOCKS["рейтинг"].fields
    assert {name for name in rating if f"{{место.{name}}}" not in code} == set()


def test_parameters_in_the_list_of_blocks_are_known() -> None:
    for row in table("blocks.md", "Блок", "Пример"):
        block = BLOCKS[row["Блок"]]
        known = {param.name for param in block.params}
        if not known or row["Пример"].startswith(("Текст", "Кнопки", "Если")):
            continue
        given = {key for text in quoted(row["Пример"]) for key, _ in split_params(text)}
        assert given
        assert given <= known or block.extra.value != "none"


def test_conditions_and_functions_can_be_reckoned() -> None:
    examples = [*table("formulas.md", "Пишем", "Значит"), *table("formulas.md", "Функция", "Пример")]
    texts = [text for row in examples for text in quoted(row.get("Пишем") or row["Пример"])]
    assert len(texts) >= 12
    for text in texts:
        compile_formula(text)


def test_decision_cells_are_readable() -> None:
    cells = [text for row in table("tables.md", "Клетка", "Подходит") for text in quoted(row["Клетка"])]
    assert len(cells) >= 5
    assert list(filter(None, map(check_cell, cells))) == []


def test_broadcasts_speak_steps_that_exist() -> None:
    own = {row["Шаг"] for row in table("broadcasts.md", "Шаг", "Блок")}
    known = own | {row[0] for row in recipes.load("fitness")["Сценарий"][1]}
    for row in table("broadcasts.md", "Когда", "Кому"):
        compile_formula(row["Кому"])
        assert row["Шаг"] in known
