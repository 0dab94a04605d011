"""One step of the dialogue: the same scenario, session, message and tables always give the same turn."""

from __future__ import annotations

from collections.abc import Generator

from core import buttons, commands
from core.blocks import BLOCKS
from core.blocks.block import Failed, Next, Outcome, Wait
from core.effects import Answer, Effect
from core.errors import FormulaError, TabletalkError
from core.messages import Event, Keyboard, Reply
from core.people import meet
from core.scenario import Scenario, Step
from core.session import FORGET_AFTER, Session
from core.turn import Turn, World
from core.values import fold

#: A message may run through this many rows; more means the scenario goes in a circle.
_MOST_STEPS = 100
_SORRY = "Ой, здесь у меня что-то не сложилось. Я уже сообщил, а пока можно выбрать другое."
_NOT_UNDERSTOOD = "Не совсем понял. Выберите, пожалуйста, кнопку или напишите «меню»."

Run = Generator[Effect, Answer, None]


def take_turn(scenario: Scenario, session: Session, event: Event, world: World) -> Generator[Effect, Answer, Turn]:
    """Answer one event. Yields effects and receives their answers; returns everything to be committed at once.

    ``session`` is not changed: the new one is in the returned turn.
    """
    fresh = Session.from_json(session.to_json())
    if event.at - fresh.seen > FORGET_AFTER and not _listens(scenario, fresh.at):
        fresh.variables = {}
    fresh.seen = event.at
    turn = Turn(scenario, event, world, fresh)
    if event.kind == "blocked":  # they leave: nobody to greet, and whoever asked to be erased stays erased
        return turn
    turn.person_id = meet(turn)
    if event.kind == "allowed":
        return turn
    yield from _route(turn)
    if not turn.said:
        turn.say(Reply(_NOT_UNDERSTOOD, Keyboard(((buttons.command("Меню", "menu"),),))))
    _look_around(turn)
    return turn


def speak(
    scenario: Scenario, session: Session, event: Event, world: World, step_name: str, *, person_id: str
) -> Generator[Effect, Answer, Turn]:
    """Run a step nobody asked for (a broadcast). A question the person is in the middle of stays open.

    ``person_id`` is their row; "" speaks to a group chat: there is no «own» place, name or subscription.
    """
    turn = Turn(scenario, event, world, Session.from_json(session.to_json()), person_id)
    busy = (turn.session.at, turn.session.state, turn.session.sight)
    index = scenario.index(step_name)
    if index is not None:
        yield from _run(turn, index)
    if _listens(scenario, session.at):
        turn.session.at, turn.session.state, turn.session.sight = busy
    else:
        _look_around(turn)
    return turn


def _listens(scenario: Scenario, key: str) -> bool:
    index = scenario.by_key(key) if key else None
    return index is not None and BLOCKS[scenario.steps[index].block].listens


def _look_around(turn: Turn) -> None:
    turn.session.look_at([said.reply.keyboard for said in turn.said if said.reply.keyboard and not said.chat])


# --- which step does this event belong to


def _route(turn: Turn) -> Run:
    command = commands.command_of(turn)
    if command in commands.COMMANDS:
        yield from _command(command, turn)
        return
    waiting = _waiting(turn)
    token = buttons.Token.read(turn.event.press) or _seen_button(turn, waiting)
    if token is not None:
        yield from _pressed(token, waiting, turn)
    elif turn.event.press:
        yield from _old_button(waiting, turn)
    elif waiting is not None:
        yield from _resume(waiting, turn)
    else:
        yield from _free_text(turn)


def _command(command: str, turn: Turn) -> Run:
    to = commands.settle(command, turn)
    scenario = turn.scenario
    if to == "first" and scenario.steps:
        yield from _run(turn, 0)
    elif to == "home":
        yield from _home(turn)
    elif to == "help":
        index = scenario.index("помощь")
        if index is None:
            turn.say(commands.default_help())
        else:
            yield from _run(turn, index)


def _waiting(turn: Turn) -> int | None:
    """The step that listens to this person now; None when nothing does, or when the owner removed it meanwhile."""
    session = turn.session
    if not session.at:
        return None
    index = turn.scenario.by_key(session.at)
    if index is None:
        session.at, session.state = "", {}
        return None
    return index if BLOCKS[turn.scenario.steps[index].block].listens else None


def _seen_button(turn: Turn, waiting: int | None) -> buttons.Token | None:
    """Typing a label is pressing it. Answers of the open question stay answers: the question checks them itself."""
    text = fold(turn.event.text)
    if not text:
        return None
    token = buttons.Token.read(turn.session.button(text))
    if token is None or (waiting is not None and token.verb == "a"):
        return None
    return token


def _pressed(token: buttons.Token, waiting: int | None, turn: Turn) -> Run:
    scenario = turn.scenario
    index = scenario.by_digest(token.step) if token.step else None
    if token.verb == "c":
        yield from _command(token.detail, turn) if token.detail in commands.COMMANDS else _old_button(waiting, turn)
    elif index is None:
        yield from _old_button(waiting, turn)
    elif token.verb == "j":
        turn.session.state = {}
        yield from _run(turn, index)
    elif token.verb == "p":
        step = scenario.steps[index]
        turn.session.at = turn.session.at or step.key
        BLOCKS[step.block].show(step, turn, int(token.detail) if token.detail.isdecimal() else 0)
    elif index == waiting:
        yield from _resume(index, turn)
    else:
        turn.say(Reply("Этот вопрос мы уже прошли."))
        yield from _repeat(waiting, turn)


def _old_button(waiting: int | None, turn: Turn) -> Run:
    turn.say(Reply("Эта кнопка из прежнего меню, с тех пор кое-что поменялось."))
    yield from _repeat(waiting, turn)


def _repeat(waiting: int | None, turn: Turn) -> Run:
    """Show again what we are waiting for, or the menu."""
    if waiting is None:
        yield from _home(turn)
        return
    step = turn.scenario.steps[waiting]
    BLOCKS[step.block].show(step, turn)


def _free_text(turn: Turn) -> Run:
    index = turn.scenario.index(turn.event.text) if turn.event.text.strip() else None
    if index is None:
        index = turn.scenario.index("не понял")
    if index is not None:
        yield from _run(turn, index)
        return
    turn.say(Reply(_NOT_UNDERSTOOD))
    yield from _home(turn)


def _home(turn: Turn) -> Run:
    index = turn.scenario.home()
    if index is not None:
        yield from _run(turn, index)


# --- running rows


def _resume(index: int, turn: Turn) -> Run:
    step = turn.scenario.steps[index]
    outcome = yield from _perform(step, turn, resume=True)
    following = _follow(index, outcome, turn)
    if following is not None:
        yield from _run(turn, following)


def _run(turn: Turn, index: int) -> Run:
    """Enter rows from ``index`` on, until one waits or there are none left."""
    turn.session.at, turn.session.state = "", {}
    said, changed = len(turn.said), len(turn.changes)
    position: int | None = index
    for _ in range(_MOST_STEPS):
        if position is None or position >= len(turn.scenario):
            return
        step = turn.scenario.steps[position]
        if not _holds(step, turn):
            position += 1
            continue
        outcome = yield from _perform(step, turn)
        position = _follow(position, outcome, turn)
    del turn.said[said:], turn.changes[changed:]  # a circle must not flood the person or fill the sheet
    turn.note_for(turn.scenario.steps[index], "Сценарий ходит по кругу: больше 100 шагов на одно сообщение.")
    turn.say(Reply(_SORRY))


def _follow(index: int, outcome: Outcome, turn: Turn) -> int | None:
    """Where the dialogue goes after this row; None = it stops here."""
    step = turn.scenario.steps[index]
    if isinstance(outcome, Wait):
        turn.session.at = step.key
        return None
    turn.session.at, turn.session.state = "", {}
    if isinstance(outcome, Failed):
        turn.session.variables["ошибка"] = outcome.sorry
        to = turn.scenario.index(step.on_error) if step.on_error else None
        if to is not None:
            return to
        turn.say(Reply(outcome.sorry))
        home = turn.scenario.home()
        return home if home != index else None
    if step.next:
        return turn.scenario.index(step.next)
    return index + 1


def _holds(step: Step, turn: Turn) -> bool:
    try:
        return turn.holds(step.condition)
    except FormulaError as error:
        turn.note_for(step, f"Условие «Если»: {error}")
        return False


def _perform(step: Step, turn: Turn, *, resume: bool = False) -> Generator[Effect, Answer, Outcome]:
    block = BLOCKS[step.block]
    try:
        result = block.resume(step, turn) if resume else block.run(step, turn)
        if isinstance(result, Next | Wait | Failed):
            return result
        return (yield from result)
    except TabletalkError as error:  # a formula that cannot be reckoned, an address that would give a key away
        turn.note_for(step, str(error))
        return Failed(_SORRY)
