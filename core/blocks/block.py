"""What a block is: parameters declared once, and a run that says what happens next."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, TypeAlias

from core.effects import Answer, Effect
from core.keyboards import keyboard
from core.messages import Reply
from core.scenario import Step
from core.turn import Turn


class Takes(StrEnum):
    """What a parameter holds; decides how it is compiled and checked."""

    TEXT = "text"
    FORMULA = "formula"
    NUMBER = "number"
    CHOICE = "choice"
    TABLE = "table"
    COLUMN = "column"  #: a column of the table named in «таблица»


@dataclass(frozen=True, slots=True)
class Param:
    """One declared parameter: validated, documented and offered to the owner from this one place."""

    name: str
    about: str  #: Russian, for the owner's documentation
    takes: Takes = Takes.TEXT
    required: bool = False
    choices: tuple[str, ...] = ()
    like: str = ""  #: a pattern for what is written without {names}
    such_as: str = ""  #: an example of it


class Extra(StrEnum):
    """What the owner's own parameter keys mean in a block."""

    NONE = "none"
    COLUMNS = "columns"
    VARIABLES = "variables"


@dataclass(frozen=True, slots=True)
class Next:
    """Go on with the row below, or where «Дальше» points."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Stop here until the person says something; the session remembers this step."""


@dataclass(frozen=True, slots=True)
class Failed:
    """It did not work out: go to «Ошибка», or say ``sorry`` and return to the menu."""

    sorry: str


Outcome: TypeAlias = Next | Wait | Failed
Flow: TypeAlias = Generator[Effect, Answer, Outcome]


class Block:
    """Base of every block. ``run`` enters the step; ``resume`` continues one that waited."""

    name: ClassVar[str]
    about: ClassVar[str]  #: one Russian sentence for the owner
    example: ClassVar[str]  #: a «Параметры» cell that works as it stands, or a text
    params: ClassVar[tuple[Param, ...]] = ()
    extra: ClassVar[Extra] = Extra.NONE
    needs_text: ClassVar[bool] = False
    needs_variable: ClassVar[bool] = False
    listens: ClassVar[bool] = False  #: what the person says next belongs to this step, not to the menu
    fields: ClassVar[tuple[str, ...]] = ()  #: fields of the record it leaves in its variable, () = a plain value
    variable: ClassVar[str] = ""  #: default name of the variable it fills

    def run(self, step: Step, turn: Turn) -> Outcome | Flow:
        """Enter the step. A generator yields effects and receives their answers."""
        raise TypeError(f"{self.name} cannot run")

    def resume(self, step: Step, turn: Turn) -> Outcome | Flow:
        """Continue with what the person said. Only blocks that listen are ever resumed."""
        return self.run(step, turn)

    def show(self, step: Step, turn: Turn, page: int = 0) -> None:
        """Repeat the step's message, with another page of its buttons."""
        turn.say(Reply(step.text.render(turn.lookup), keyboard(step, turn, page)))

    def target(self, step: Step) -> str:
        """The variable this step fills."""
        return step.variable or self.variable
