"""The sandbox page as its visitor uses it: two phones, the owner's spreadsheet, a bot that is killed and comes back."""

from __future__ import annotations

import socket
import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Handset, Window, free_port, start_sandbox

pytestmark = pytest.mark.browser


def get_acquainted(phone: Handset, name: str, city: str) -> None:
    phone.body.locator(".phone-start").click()
    phone.hears("Как мне к вам обращаться?")
    phone.say(name)
    phone.hears(f"Рад знакомству, {name}!")
    phone.say(city)
    phone.hears(f"Чем помочь, {name}?")


@pytest.mark.parametrize(("platform", "name", "city"), [("telegram", "Аня", "Казань"), ("vk", "Борис", "Москва")])
def test_a_phone_talks_to_the_bot(window: Window, platform: str, name: str, city: str) -> None:
    phone = window.phone(platform)
    get_acquainted(phone, name, city)
    phone.press("Погода")
    phone.hears(f"{city}: ")
    phone.hears("Ближайшие 24 часа")
    expect(window.page.locator("[data-step=погода]")).to_have_class("node through")
    expect(window.page.locator("[data-step=меню]")).to_have_class("node at")


def test_the_bot_writes_people_into_the_spreadsheet(window: Window) -> None:
    people = window.open_tab("Пользователи")
    expect(people.locator("tr", has_text="Казань")).to_contain_text("Аня")
    expect(people.locator("tr", has_text="Москва")).to_contain_text("Борис")
    titles = people.locator("tr.titles").inner_text()
    assert "Имя" in titles
    assert "_id" not in titles, "the bot's own column stays out of sight"


def test_the_owners_edit_changes_the_next_answer(window: Window) -> None:
    phone = window.phone("telegram")
    answer = next(text for text in reversed(phone.heard) if "Ближайшие 24 часа" in text)
    advice = answer.split("\n\n")[1]
    grid = window.open_tab("Рекомендации")
    window.type_into(grid.locator("td", has_text=advice).first, "Сегодня — лыжи и какао!")
    grid.get_by_text("Сегодня — лыжи и какао!", exact=True).wait_for()
    deadline = time.monotonic() + 30
    while "Сегодня — лыжи и какао!" not in "".join(phone.heard[-4:]):
        assert time.monotonic() < deadline, phone.heard[-4:]
        before = len(phone.heard)
        phone.press("Погода")
        expect(phone.body.locator(".turn:not(.mine)")).not_to_have_count(before)
        window.page.wait_for_timeout(700)


def test_undo_takes_the_owners_edit_back(window: Window) -> None:
    window.undo()
    expect(window.open_tab("Рекомендации").get_by_text("Сегодня — лыжи и какао!")).to_have_count(0)


def test_a_killed_bot_goes_on_in_the_middle_of_a_question(window: Window) -> None:
    phone = window.phone("telegram")
    phone.press("Записать тренировку")
    phone.hears("Чем занимались?")
    phone.press("Бег")
    phone.hears("Сколько минут?")
    window.page.get_by_role("button", name="Убить бота").click()
    window.page.get_by_text("бот не работает").wait_for()
    phone.say("37")
    window.page.get_by_role("button", name="Запустить").last.click()
    phone.hears("Какой результат?")
    phone.press("Пропустить")
    phone.hears("Записал!")
    expect(window.open_tab("Тренировки").locator("tr", has_text="37")).to_have_count(1)
    expect(window.page.locator(".tile", has_text="Потеряно")).to_contain_text("0")


def test_what_is_being_typed_is_left_alone(window: Window) -> None:
    field = window.phone("telegram").body.get_by_label("Сообщение")
    field.press_sequentially("я ещё ду")
    vk = window.phone("vk")
    vk.body.evaluate("(body) => body.querySelector('.phone-keys .key').click()")
    vk.hears("Ближайшие 24 часа")
    expect(field).to_be_focused()
    field.press_sequentially("маю")
    expect(field).to_have_value("я ещё думаю")
    field.fill("")


def test_a_mistake_in_the_scenario_is_told_and_can_be_taken_back(window: Window) -> None:
    grid = window.open_tab("Сценарий")
    window.type_into(grid.locator("tr[data-row='5'] td").nth(1), "меня")
    told = window.page.locator(".graph-problem")
    expect(told).to_contain_text("Блок «меня» мне незнаком")
    expect(told).to_contain_text("Бот отвечает по прежней версии.")
    window.undo()
    expect(told).to_have_count(0)


def test_a_bad_day_at_google_does_not_stop_the_bot(window: Window) -> None:
    switch = window.page.get_by_role("button", name="Google лежит")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    phone = window.phone("vk")
    before = len(phone.heard)
    phone.press("ТОП-5")
    expect(phone.body.locator(".turn:not(.mine)")).not_to_have_count(before)
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")


def test_a_newcomer_starts_from_the_beginning(window: Window) -> None:
    phone = window.phone("vk")
    phone.body.get_by_title("новым человеком").click()
    expect(phone.body.locator(".turn")).to_have_count(0)
    phone.body.locator(".phone-start").click()
    phone.hears("Как мне к вам обращаться?")


def test_what_people_write_is_shown_not_obeyed(window: Window) -> None:
    name = "<img src=x onerror=alert(1)>"
    phone = window.phone("vk")
    phone.say(name)
    phone.hears(f"Рад знакомству, {name}!")
    people = window.open_tab("Пользователи")
    expect(people.get_by_text(name, exact=True)).to_have_count(1)
    expect(window.page.locator("img[src=x]")).to_have_count(0)


def test_the_owner_sorts_inserts_and_deletes_rows(window: Window) -> None:
    grid = window.open_tab("Упражнения")
    first = grid.locator("tr[data-row='2'] td").first
    last = max(grid.locator("tbody tr td:nth-child(2)").all_inner_texts())
    grid.locator("tr.titles .title").first.hover()
    sort = grid.get_by_title("Сортировать по «Название»")
    sort.click()
    sort.click()
    expect(first).to_have_text(last)
    grid.locator("tr[data-row='2'] th").click()
    window.page.get_by_role("button", name="Удалить", exact=True).click()
    expect(first).not_to_have_text(last)
    grid.locator("tr[data-row='2'] th").click()
    window.page.get_by_role("button", name="Строка", exact=True).click()
    window.type_into(grid.locator("tr[data-row='3'] td").first, "Гиревой спорт")
    expect(grid.locator("tr[data-row='3'] td").first).to_have_text("Гиревой спорт")


def test_a_click_on_a_step_opens_its_row(window: Window) -> None:
    window.page.locator("[data-step='топ-5']").click()
    row = window.page.locator(".sheet-grid tr.on")
    expect(row.locator("td").first).to_have_text("топ-5")
    expect(row).to_be_in_viewport()


def test_everything_is_in_sight_on_a_laptop(window: Window) -> None:
    window.page.set_viewport_size({"width": 1280, "height": 800})
    for part in ("[data-phone=telegram]", "[data-phone=vk]", "[data-sheet]", "[data-graph]", ".troubles", ".top"):
        box = window.page.locator(part).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= 1280
        assert box["y"] + box["height"] <= 800, part


def test_the_page_asks_nobody_outside_and_makes_no_mistakes(window: Window, address: str) -> None:
    assert window.requested
    assert [url for url in window.requested if not url.startswith((address, "data:", "blob:"))] == []
    assert window.mistakes == []


def test_a_taken_port_is_a_sentence_not_a_stack_trace() -> None:
    port = free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        process = start_sandbox(port)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"Порт {port} занят." in output
    assert "Traceback" not in output
