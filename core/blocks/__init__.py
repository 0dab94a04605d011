"""The vocabulary of the scenario: every block by the word the owner types."""

from __future__ import annotations

from core.blocks.add import Add
from core.blocks.block import Block
from core.blocks.change import Change
from core.blocks.chart import WeeksChart
from core.blocks.choose import Choose
from core.blocks.find import Find
from core.blocks.go import Go
from core.blocks.menu import Menu
from core.blocks.notify import Notify
from core.blocks.picture import ShowPicture
from core.blocks.question import Question
from core.blocks.quote import QuoteOfTheDay
from core.blocks.rating import Rating
from core.blocks.remember import Remember
from core.blocks.request import Request
from core.blocks.say import Say
from core.blocks.weather import Weather

BLOCKS: dict[str, Block] = {
    block.name: block
    for block in (
        Say(),
        Question(),
        Menu(),
        Go(),
        Remember(),
        Request(),
        Weather(),
        QuoteOfTheDay(),
        Find(),
        Choose(),
        Add(),
        Change(),
        Rating(),
        WeeksChart(),
        Notify(),
        ShowPicture(),
    )
}
