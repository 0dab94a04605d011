"""Does «Мои результаты» slow down as workouts pile up? Place, percentile and TOP-5 at 1 000 … 1 000 000 rows."""

from __future__ import annotations

import argparse
import gc
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from core.changes import Put
from core.leaderboard import BoardSpec, Leaderboard
from core.schema import WORKOUTS
from core.values import Row
from store.store import Store, TurnRecord

TODAY = date(2026, 11, 25)
SIZES = (1_000, 100_000, 1_000_000)
ROWS_A_PERSON = 20
DAYS = 180
SPEC = BoardSpec(WORKOUTS.title, "Участник", "Минуты", "Дата")
CELLS = tuple(column.name for column in WORKOUTS.columns)


def workouts(rows: int, rng: random.Random) -> list[tuple[str, str, date, int]]:
    """(row id, person, day, minutes): people grow with the rows, a fifth of the rows is of the last four weeks."""
    people = max(5, rows // ROWS_A_PERSON)
    back = [rng.randrange(28) if rng.random() < 0.2 else rng.randrange(28, DAYS) for _ in range(rows)]
    days = [TODAY - timedelta(days) for days in back]
    return [(f"r{n}", f"p{rng.randrange(people)}", day, rng.choice((15, 30, 45, 60))) for n, day in enumerate(days)]


def one_answer(board: Leaderboard, who: str) -> None:
    """Everything the bot says after a workout: place, percentile, own best, progress and the TOP-5."""
    board.standing(who, TODAY)
    board.top(5, TODAY)


def median_ms(work: Callable[[int], None], batches: int, size: int) -> float:
    """The median time of one call over repeated batches; garbage collection is left out, it belongs to the process."""
    work(0)
    gc.collect()
    gc.disable()
    times = []
    for batch in range(batches):
        began = time.perf_counter()
        for number in range(size):
            work(batch * size + number)
        times.append((time.perf_counter() - began) / size * 1000)
    gc.enable()
    return statistics.median(times)


def in_memory(rows: int, batches: int) -> dict[str, float]:
    rng = random.Random(rows)
    data = workouts(rows, rng)
    people = [who for _, who, _, _ in rng.sample(data, min(rows, 2_000))]
    board = Leaderboard()
    began = time.perf_counter()
    for row_id, who, day, minutes in data:
        board.put(row_id, who, day, minutes, who)
    load = time.perf_counter() - began

    def log_and_answer(n: int) -> None:
        who = people[n % len(people)]
        board.put(f"new{n}", who, TODAY, 30, who)
        one_answer(board, who)

    return {
        "load_s": load,
        "answer_ms": median_ms(lambda n: one_answer(board, people[n % len(people)]), batches, 200),
        "log_and_answer_ms": median_ms(log_and_answer, batches, 50),
    }


def through_the_store(rows: int, batches: int) -> float:
    """The same answer on the board the store keeps; every batch starts with freshly committed workouts."""
    rng = random.Random(rows)
    data = [
        Row(row_id, dict(zip(CELLS, (f"{day}T10:00", who, "бег", minutes, "", "", who), strict=True)))
        for row_id, who, day, minutes in workouts(rows, rng)
    ]
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/bot.db")
        store.seed({WORKOUTS.title: (CELLS, data)})
        people = [str(row.get("_кто")) for row in rng.sample(data, 500)]

        def commit_and_answer(n: int) -> None:
            if n % 50 == 0:
                cells = {"Дата": f"{TODAY}T10:00", "Минуты": 30, "_кто": people[n % 500]}
                store.commit([TurnRecord(None, "lane", None, [Put(WORKOUTS.title, f"new{n}", cells, new=True)], ())])
            one_answer(store.board(SPEC), people[n % 500])

        answer = median_ms(commit_and_answer, batches, 200)
        store.close()
    return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer batches, a smaller table in the store")
    quick = parser.parse_args().quick
    batches, stored = (15, 20_000) if quick else (75, 100_000)
    found = {rows: in_memory(rows, batches) for rows in SIZES}
    print(f"{'workouts':>10} {'people':>8} {'answer, ms':>11} {'log + answer, ms':>17} {'load, s':>8}")
    for rows, figures in found.items():
        answer, log, load = figures["answer_ms"], figures["log_and_answer_ms"], figures["load_s"]
        print(f"{rows:>10} {max(5, rows // ROWS_A_PERSON):>8} {answer:>11.4f} {log:>17.4f} {load:>8.2f}")
    in_store = through_the_store(stored, batches)
    print(f"through the store, {stored} workouts: {in_store:.4f} ms an answer, commits included")
    answers = {str(rows): round(figures["answer_ms"], 5) for rows, figures in found.items()}
    result = {
        "answer_ms": answers,
        "growth_1k_to_1m": round(found[SIZES[-1]]["answer_ms"] / found[SIZES[0]]["answer_ms"], 2),
        "log_and_answer_ms": {str(rows): round(figures["log_and_answer_ms"], 5) for rows, figures in found.items()},
        "load_s": {str(rows): round(figures["load_s"], 2) for rows, figures in found.items()},
        "store_rows": stored,
        "store_answer_ms": round(in_store, 5),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
