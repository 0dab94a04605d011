"""From what a person typed to one place on Earth, asking back when the name means none or several."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import astuple

from core import buttons
from core.effects import Answer, Effect, Failure, FindPlace, Place, Places
from core.messages import Keyboard, Reply
from core.scenario import Step
from core.turn import Turn
from core.values import fold

#: A person chooses among at most this many places of one name.
_MOST = 6
#: No place on Earth has a longer name; what is longer is not asked of the service.
_LONGEST = 100
#: Places a conversation remembers, so that a curious person does not fill the store.
_REMEMBERED = 40

Resolving = Generator[Effect, Answer, Place | None]


def resolve(typed: str, step: Step, turn: Turn, *, anew: bool = False) -> Resolving:
    """The place, or None after asking the person back (the step must then wait).

    ``anew``: the person says it just now, so a namesake chosen earlier does not decide for them.
    When the weather service is silent the city is taken as typed: nobody waits for a service to introduce themselves.
    """
    typed = typed.strip()
    known = turn.session.places.get(fold(typed))
    if known is not None and not anew:
        return known
    if len(typed) > _LONGEST:
        _not_found(typed, turn)
        return None
    answer = yield FindPlace(typed)
    if isinstance(answer, Failure) or not isinstance(answer, Places):
        return known or Place(typed)
    if not answer.found and known is not None:  # «рядом со мной» is a place only this conversation knows
        return known
    if not answer.found:
        _not_found(typed, turn)
        return None
    if len(answer.found) == 1:
        return _settle(answer.found[0], turn, typed)
    _ask_which(answer.found[:_MOST], step, turn)
    return None


def chosen(step: Step, turn: Turn) -> Place | None:
    """The place picked from the buttons `resolve` showed, None when the person said something else."""
    said = fold(turn.event.text)
    token = buttons.Token.read(turn.event.press)
    for place in _offered(turn):
        by_press = token is not None and token.detail == buttons.digest(place.label)
        if by_press or (said and said == fold(place.label)):
            return _settle(place, turn, place.name)
    return None


def _not_found(typed: str, turn: Turn) -> None:
    shown = typed if len(typed) <= 60 else f"{typed[:60]}…"
    turn.say(Reply(f"Не нашлось города «{shown}». Проверьте, пожалуйста, название или напишите город покрупнее рядом."))


def _settle(place: Place, turn: Turn, typed: str) -> Place:
    turn.session.state.pop("places", None)
    turn.session.places |= {fold(typed): place, fold(place.name): place}
    while len(turn.session.places) > _REMEMBERED:
        turn.session.places.pop(next(iter(turn.session.places)))
    return place


def _ask_which(found: tuple[Place, ...], step: Step, turn: Turn) -> None:
    distinct = list({place.label: place for place in found}.values())
    turn.session.state["places"] = [list(astuple(place)) for place in distinct]
    offer_again(step, turn)


def offer_again(step: Step, turn: Turn) -> bool:
    """Repeat the choice the person is in the middle of; False when there is none."""
    places = _offered(turn)
    if places:
        rows = tuple((buttons.answer(place.label, step.key, place.label),) for place in places)
        turn.say(Reply("Таких мест несколько. Какое ваше?", Keyboard(rows)))
    return bool(places)


def _offered(turn: Turn) -> list[Place]:
    return [Place(*parts) for parts in turn.session.state.get("places", [])]
