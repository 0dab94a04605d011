"""How the cells of one row are read: separators, quotes, keys that outlive edits, and broken rows that are left out."""

from __future__ import annotations

import pytest

from core.buttons import Aim, read_buttons
from core.errors import TabletalkError
from core.reader import read_scenario, split_params
from core.values import Row
from tests.unit.talk import scenario_rows


@pytest.mark.parametrize(
    ("cell", "pairs"),
    [
        ("", []),
        (" ; \n ;", []),
        ("вид: число; от: 1", [("вид", "число"), ("от", "1")]),
        ("вид: число\nот: 1\n", [("вид", "число"), ("от", "1")]),
        ('значение: "раз; два"; ещё: 3', [("значение", '"раз; два"'), ("ещё", "3")]),
        ("значение: «раз; два»", [("значение", "«раз; два»")]),
        ("значение: =ЕСЛИ(а; 1; 2); ещё: 3", [("значение", "=ЕСЛИ(а; 1; 2)"), ("ещё", "3")]),
        ("строка: {минуты|минута; две|три}", [("строка", "{минуты|минута; две|три}")]),
        ("адрес: https://host:8080/a", [("адрес", "https://host:8080/a")]),
        ("просто слово", [("", "просто слово")]),
        ("значение: весело :); ещё: 1", [("значение", "весело :)"), ("ещё", "1")]),
        ("ключ:", [("ключ", "")]),
    ],
)
def test_parameters_are_split_where_a_person_would_split_them(cell: str, pairs: list[tuple[str, str]]) -> None:
    assert split_params(cell) == pairs


def test_buttons_of_every_kind() -> None:
    cell = "Погода > погода; Сайт > https://example.com\nда\n=Упражнения.Название\n@телефон\n@геопозиция Я здесь"
    found = [[(spec.label.text, spec.aim, spec.target) for spec in line] for line in read_buttons(cell)]
    assert found == [
        [("Погода", Aim.JUMP, "погода"), ("Сайт", Aim.LINK, "https://example.com")],
        [("да", Aim.ANSWER, "")],
        [("", Aim.COLUMN, "Упражнения.Название")],
        [("Отправить мой номер", Aim.PHONE, "")],
        [("Я здесь", Aim.LOCATION, "")],
    ]


@pytest.mark.parametrize("arrow", ["->", "-->", "=>", " > ", ">"])
def test_an_arrow_may_be_drawn_with_a_tail(arrow: str) -> None:
    spec = read_buttons(f"Погода{arrow}погода")[0][0]
    assert (spec.label.text, spec.target) == ("Погода", "погода")


@pytest.mark.parametrize("cell", ["=Упражнения", "=.Название", "@почта", "> меню", "Погода >", "{имя > меню"])
def test_a_button_nobody_can_read_is_refused(cell: str) -> None:
    with pytest.raises(TabletalkError):
        read_buttons(cell)


def test_a_row_is_known_by_its_name_or_by_what_it_fills() -> None:
    first = read_scenario(
        scenario_rows("""
старт | вопрос | Имя?  | | имя | | | |
      | вопрос | Рост? | | рост | | | |
      | вопрос | Рост точно? | | рост | | | |
""")
    )
    more = read_scenario(
        scenario_rows("""
старт | вопрос    | Имя? | | имя | | | |
      | сообщение | Ура! | | | | | |
      | вопрос | Рост? | | рост | | | |
      | вопрос | Рост точно? | | рост | | | |
""")
    )
    keys = [step.key for step in first.scenario.steps]
    assert len(set(keys)) == 3
    assert [step.key for step in more.scenario.steps if step.block == "вопрос"] == keys


def test_a_rows_number_is_its_place_in_the_sheet() -> None:
    rows = [Row("@7", {"Блок": "сообщение", "Текст": "раз"}), Row("", {}), Row("r1", {"Блок": "сообщение"})]
    reading = read_scenario(rows)
    assert [step.row for step in reading.scenario.steps] == [7]
    assert [problem.row for problem in reading.problems] == [4]


def test_a_choice_is_read_in_any_spelling() -> None:
    step = read_scenario(scenario_rows("старт | Вопрос | Сколько? | | минуты | Вид: ЧИСЛО | | |")).scenario.steps[0]
    assert step.block == "вопрос"
    assert step.params["вид"].raw == "число"


def test_a_broken_row_says_what_it_would_have_filled() -> None:
    reading = read_scenario(
        scenario_rows("""
старт | вопрс   |  | | имя | | | |
      | погодаа |  | | | | | |
      | вопрос  | Рост? | | | | | |
      | запрос  |  | | | курс: a ->; цена: b | | |
""")
    )
    assert reading.scenario.steps == ()
    assert reading.lost == {"имя", "погода", "", "курс", "цена"}
