"""«вопрос»: asks, checks what came, and keeps the answer; any wrong answer gets a sentence and another try."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from core import inputs
from core.blocks.block import Block, Failed, Flow, Next, Outcome, Param, Takes, Wait
from core.buttons import Token, digest
from core.cities import chosen, offer_again, resolve
from core.effects import Place
from core.inputs import Accepted, Refused
from core.keyboards import keyboard, options
from core.messages import Reply
from core.scenario import Step
from core.template import show
from core.turn import Turn
from core.values import Value, fold

KINDS = ("текст", "число", "дата", "телефон", "почта", "город", "выбор")
#: What a person sees when the voice, the sticker or the photo they sent is not an answer.
_NOT_TEXT = "Я пока понимаю только текст и кнопки. Напишите, пожалуйста, словами."
_HERE = "рядом со мной"


class Question(Block):
    name = "вопрос"
    about = "Спрашивает, проверяет ответ и запоминает его в переменной."
    example = "вид: число; от: 1; до: 600"
    needs_text = True
    needs_variable = True
    listens = True
    params = (
        Param("вид", "что ждём: " + ", ".join(KINDS), Takes.CHOICE, choices=KINDS),
        Param("от", "наименьшее число, ранняя дата или длина текста"),
        Param("до", "наибольшее число, поздняя дата или длина текста"),
        Param("единица", "в чём число: минуты, часы — тогда понятно и «полчаса», и «1:30»"),
        Param("пример", "как выглядит правильный ответ"),
    )

    def run(self, step: Step, turn: Turn) -> Outcome:
        self.show(step, turn)
        return Wait()

    def resume(self, step: Step, turn: Turn) -> Outcome | Flow:
        kind = show(turn.param(step, "вид", "текст"))
        if kind == "город":
            return self._city(step, turn)
        said = _said(step, turn)
        if not said:
            return self._words_please(step, turn)
        answer = _CHECKS[kind](said, step, turn)
        if isinstance(answer, Refused):
            return self._again(step, turn, answer.why)
        turn.remember(step.variable, answer.value)
        return Next()

    def show(self, step: Step, turn: Turn, page: int = 0) -> None:
        if not offer_again(step, turn):
            super().show(step, turn, page)

    def _city(self, step: Step, turn: Turn) -> Flow:
        if turn.event.location is not None:
            latitude, longitude = turn.event.location
            place = Place(_HERE, ref=f"{latitude:.2f},{longitude:.2f}")  # two decimals are a district, not a home
            turn.session.places[fold(_HERE)] = place
            turn.remember(step.variable, _HERE)
            return Next()
        picked = chosen(step, turn)
        said = _said(step, turn)
        if picked is None and not said:
            return self._words_please(step, turn)
        if picked is None:
            typed = inputs.text(said, 1, 100)
            if isinstance(typed, Refused):
                return self._again(step, turn, typed.why)
            picked = yield from resolve(show(typed.value), step, turn, anew=True)
        if picked is None:
            return Wait()
        turn.remember(step.variable, picked.name)
        return Next()

    def _words_please(self, step: Step, turn: Turn) -> Outcome:
        turn.say(Reply(_NOT_TEXT, keyboard(step, turn)))
        return Wait()

    def _again(self, step: Step, turn: Turn, why: str) -> Outcome:
        """Say what is wrong, keep waiting. The owner's «Ошибка» is the sentence, or a step to go to instead."""
        if step.on_error and turn.scenario.index(step.on_error) is not None:
            return Failed(why)
        sorry = step.on_error or why
        example = show(turn.param(step, "пример"))
        if example and not step.on_error:
            sorry = f"{sorry}\nНапример: {example}"
        turn.say(Reply(sorry, keyboard(step, turn)))
        return Wait()


def _said(step: Step, turn: Turn) -> str:
    """The answer as text, whichever way it came: typed, pressed, or shared by the phone."""
    event = turn.event
    if event.phone:
        return event.phone
    token = Token.read(event.press)
    if token is not None:
        return next((label for label in options(step, turn) if digest(label) == token.detail), "")
    typed = event.text.strip()
    return next((label for label in options(step, turn) if fold(label) == fold(typed)), typed)


Check = Callable[[str, Step, Turn], "Accepted | Refused"]


def _bound(step: Step, turn: Turn, name: str) -> Decimal | None:
    value: Value = turn.param(step, name)
    read = inputs.number(show(value)) if show(value) else None
    return Decimal(str(read.value)) if isinstance(read, Accepted) else None


def _text(said: str, step: Step, turn: Turn) -> Accepted | Refused:
    low, high = _bound(step, turn, "от"), _bound(step, turn, "до")
    return inputs.text(said, int(low or 1), int(high or 1000))


def _number(said: str, step: Step, turn: Turn) -> Accepted | Refused:
    return inputs.number(said, _bound(step, turn, "от"), _bound(step, turn, "до"), show(turn.param(step, "единица")))


def _choice(said: str, step: Step, turn: Turn) -> Accepted | Refused:
    return inputs.choice(said, options(step, turn))


def _date(said: str, step: Step, turn: Turn) -> Accepted | Refused:
    """ISO dates compare as text."""
    answer = inputs.date(said, turn.today)
    if isinstance(answer, Refused):
        return answer
    low, high = _day(step, turn, "от"), _day(step, turn, "до")
    if low and str(answer.value) < low:
        return Refused(f"Нужна дата не раньше {show(low)}.")
    if high and str(answer.value) > high:
        return Refused(f"Нужна дата не позже {show(high)}.")
    return answer


def _day(step: Step, turn: Turn, name: str) -> str:
    """A bound as people write it: «01.12.2026», «сегодня», =СЕГОДНЯ()."""
    read = inputs.date(show(turn.param(step, name)), turn.today)
    return str(read.value) if isinstance(read, Accepted) else ""


_CHECKS: dict[str, Check] = {
    "текст": _text,
    "число": _number,
    "дата": _date,
    "телефон": lambda said, _step, _turn: inputs.phone(said),
    "почта": lambda said, _step, _turn: inputs.email(said),
    "выбор": _choice,
}
