"""Messages answered per second: the full bot beside the stock echo bots of the libraries it is built on.

One run measures all three against the same emulators. Every bot answers every message with its text. The full bot
does it through its durable inbox, a scenario, a session and the outbox, in both messengers at once.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from processes import BOT_CORE, HERE, call, cpu_seconds, emulator, process, sent, until

from core.schema import SCENARIO
from core.values import Row
from store.store import Store

WARM_UP, USERS = 200, 200


@dataclass(frozen=True)
class Run:
    per_second: float
    cpu_ms: float


def measure(command: Sequence[str], env: dict[str, str], urls: Sequence[str], messages: int) -> Run:
    """Start the bot, warm it up, then time ``messages`` messages spread over the messengers."""
    before = {url: sent(url) for url in urls}
    share = messages // len(urls)
    with process(*command, core=BOT_CORE, env=env) as bot:
        if len(urls) > 1 or "vk" in command[0]:
            time.sleep(3)  # VK gives a new bot nothing that was said before it listened
        answered = _flood(urls, WARM_UP // len(urls), before)
        started, cpu = time.monotonic(), cpu_seconds(bot.pid)
        _flood(urls, share, answered)
        seconds, used = time.monotonic() - started, cpu_seconds(bot.pid) - cpu
    return Run(share * len(urls) / seconds, 1000 * used / (share * len(urls)))


def _flood(urls: Sequence[str], count: int, before: dict[str, int]) -> dict[str, int]:
    goal = {url: before[url] + count for url in urls}
    for url in urls:
        call(f"{url}/_flood", {"count": count, "users": USERS})
    until(lambda: all(sent(url) >= goal[url] for url in urls), 120, "answering every message")
    return goal


def prepare(folder: Path, run: int) -> str:
    """A database whose scenario says back what it hears."""
    path = folder / f"bot{run}.db"
    store = Store(f"sqlite:///{path}")
    echo = {"Шаг": "эхо", "Блок": "вопрос", "Текст": "{ответ|Привет!}", "Переменная": "ответ", "Дальше": "эхо"}
    store.replace_table(SCENARIO.title, [column.name for column in SCENARIO.columns], [Row("@2", echo)])
    store.close()
    return f"sqlite:///{path}"


def compare(runs: int, messages: int) -> dict[str, list[Run]]:
    results: dict[str, list[Run]] = {"full": [], "ptb": [], "vkbottle": []}
    with emulator("telegram") as tg, emulator("vk") as vk, tempfile.TemporaryDirectory() as folder:
        for run in range(runs):
            env = {
                "TELEGRAM_TOKEN": tg["token"],
                "TELEGRAM_API_URL": tg["url"],
                "VK_TOKEN": vk["token"],
                "VK_GROUP_ID": str(vk["group_id"]),
                "VK_API_URL": f"{vk['url']}/method/",
                "DATABASE_URL": prepare(Path(folder), run),
                "LOG_LEVEL": "ERROR",
            }
            both = [tg["url"], vk["url"]]
            results["full"].append(measure(["-m", "app.cli", "run"], env, both, messages))
            echo_tg = [str(HERE / "echo_telegram.py"), tg["token"], tg["url"]]
            results["ptb"].append(measure(echo_tg, {}, both[:1], messages))
            echo_vk = [str(HERE / "echo_vk.py"), vk["token"], vk["url"]]
            results["vkbottle"].append(measure(echo_vk, {}, both[1:], messages))
    return results


def report(results: dict[str, list[Run]]) -> dict[str, float]:
    print(f"{'bot':10} {'messages/s':>12} {'spread':>16} {'CPU ms/message':>15}")
    medians = {}
    for name, runs in results.items():
        speeds = sorted(run.per_second for run in runs)
        medians[name] = statistics.median(speeds)
        cpu = statistics.median(run.cpu_ms for run in runs)
        print(f"{name:10} {medians[name]:12.0f} {speeds[0]:7.0f}–{speeds[-1]:<8.0f} {cpu:15.2f}")
    return {
        "full_per_s": round(medians["full"], 1),
        "ptb_per_s": round(medians["ptb"], 1),
        "vkbottle_per_s": round(medians["vkbottle"], 1),
        "vs_ptb": round(medians["full"] / medians["ptb"], 3),
        "vs_fastest": round(medians["full"] / max(medians["ptb"], medians["vkbottle"]), 3),
        "cpu_ms_per_message": round(statistics.median(run.cpu_ms for run in results["full"]), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short run, under a minute")
    quick = parser.parse_args().quick
    results = compare(runs=1 if quick else 5, messages=1000 if quick else 3000)
    print(json.dumps(report(results)))


if __name__ == "__main__":
    main()
