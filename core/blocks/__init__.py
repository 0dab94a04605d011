"""The vocabulary of the scenario: every block by the word the owner types."""

from __future__ import annotations

from core.blocks.block import Block
from core.blocks.find import Choose, Find
from core.blocks.flow import Go, Menu, Remember
from core.blocks.question import Question
from core.blocks.quote import QuoteOfTheDay
from core.blocks.rating import Rating, WeeksChart
from core.blocks.request import Request
from core.blocks.say import Notify, Say, ShowPicture
from core.blocks.weather import Weather
from core.blocks.write import Add, Change

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
