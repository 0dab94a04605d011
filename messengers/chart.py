"""Draws a bar chart that reads well on a phone: few colours, big numbers, the reader's own bar in the strong one."""

from __future__ import annotations

import io
import math
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from core.messages import Chart

WIDTH, HEIGHT = 1000, 640
#: Drawn this many times larger and shrunk, which makes every edge and curve smooth.
_FINE = 2
_PAPER, _INK, _MUTED, _GRID, _ZERO = "#ffffff", "#17202e", "#7b8698", "#edf0f5", "#c3cad6"
_STRONG, _SOFT, _LOSS, _LOSS_SOFT = "#2f6bff", "#bcd0ff", "#f2545b", "#fbc4c6"
_RIGHT, _TOP, _BOTTOM, _AXIS = 40, 144, 92, 18
_VALUE_SIZES = (26, 20, 16)
_WIDEST_BAR, _GAP = 120, 0.32
_STEPS = (1, 2, 2.5, 5, 10)
_GRID_LINES = 4
_SPACE = "\u00a0"
_TINIEST, _HUGEST = 1e-9, 1e300
_LARGE = ((1e12, "трлн"), (1e9, "млрд"), (1e6, "млн"))
_FONTS = Path(__file__).parent
_EMPTY = "Пока нет данных"


def draw(chart: Chart) -> bytes:
    """The chart as PNG. The same chart always gives the same bytes."""
    image = Image.new("RGB", (WIDTH * _FINE, HEIGHT * _FINE), _PAPER)
    pen = _Pen(ImageDraw.Draw(image))
    _heading(pen, chart)
    values = [_drawable(value) for _, value in chart.bars]
    if values:
        plot = _Plot.of(values)
        _grid(pen, plot)
        _bars(pen, chart, values, plot)
        _labels(pen, [_clean(label) for label, _ in chart.bars], chart.highlight, plot)
    else:
        pen.text((WIDTH / 2, HEIGHT / 2), _EMPTY, 32, _MUTED, anchor="mm")
    out = io.BytesIO()
    image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()


def _drawable(value: float) -> float:
    """Zero for what is no number or too small to see; no more than the arithmetic of a picture can bear."""
    if not math.isfinite(value) or abs(value) < _TINIEST:
        return 0.0
    return max(-_HUGEST, min(value, _HUGEST))


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where things stand: heights of values (zero is always in sight) and places of bars."""

    low: float
    high: float
    step: float
    count: int
    left: float
    floor: float

    @classmethod
    def of(cls, values: list[float]) -> _Plot:
        low, high = min(0.0, *values), max(0.0, *values)
        step = _round_step((high - low) / _GRID_LINES or 1.0)
        low, high = math.floor(low / step) * step, math.ceil(high / step) * step
        if low == high:
            high = step
        axis = max(_length(compact(edge), _AXIS) for edge in (low, low + step, high - step, high))
        room_for_values = 36 if low < 0 else 0  # numbers of falling bars stand under them
        return cls(low, high, step, len(values), 40 + axis + 14, HEIGHT - _BOTTOM - room_for_values)

    def y(self, value: float) -> float:
        return _TOP + (self.high - value) / (self.high - self.low) * (self.floor - _TOP)

    @property
    def lines(self) -> list[float]:
        return [self.low + self.step * number for number in range(round((self.high - self.low) / self.step) + 1)]

    @property
    def slot(self) -> float:
        return (WIDTH - self.left - _RIGHT) / self.count

    def middle(self, index: int) -> float:
        return self.left + self.slot * (index + 0.5)


@dataclass(frozen=True, slots=True)
class _Pen:
    """Draws in picture coordinates on the enlarged canvas."""

    canvas: ImageDraw.ImageDraw

    def text(
        self, at: tuple[float, float], text: str, size: int, fill: str, anchor: str = "ls", bold: bool = False
    ) -> None:
        place, font = (at[0] * _FINE, at[1] * _FINE), _font(size * _FINE, bold)
        # A halo of paper keeps a number readable where a grid line passes behind it.
        self.canvas.text(place, text, fill, font, anchor, stroke_width=3 * _FINE, stroke_fill=_PAPER)
        self.canvas.text(place, text, fill, font, anchor)

    def line(self, left: float, y: float, fill: str) -> None:
        ends = (left * _FINE, y * _FINE, (WIDTH - _RIGHT) * _FINE, y * _FINE)
        self.canvas.line(ends, fill=fill, width=2 * _FINE)

    def bar(self, box: tuple[float, float, float, float], radius: float, fill: str, upward: bool) -> None:
        corners = (upward, upward, not upward, not upward)
        enlarged = tuple(edge * _FINE for edge in box)
        self.canvas.rounded_rectangle(enlarged, radius * _FINE, fill=fill, corners=corners)


def _heading(pen: _Pen, chart: Chart) -> None:
    pen.text((40, 62), _shortened(_clean(chart.title), WIDTH - 80, 34, bold=True), 34, _INK, bold=True)
    pen.text((40, 98), _shortened(_clean(chart.unit), WIDTH - 80, 22), 22, _MUTED)


def _grid(pen: _Pen, plot: _Plot) -> None:
    for value in plot.lines:
        y = plot.y(value)
        pen.line(plot.left, y, _ZERO if value == 0 else _GRID)
        pen.text((plot.left - 14, y), compact(value), _AXIS, _MUTED, anchor="rm")


def _bars(pen: _Pen, chart: Chart, values: list[float], plot: _Plot) -> None:
    slot = plot.slot
    half = min(slot * (1 - _GAP), _WIDEST_BAR) / 2
    zero = plot.y(0)
    size = _value_size(values, slot)
    told = _told(values, chart.highlight, slot, size)
    for index, value in enumerate(values):
        middle, tip = plot.middle(index), plot.y(value)
        strong = chart.highlight in (index, -1)
        colour = (_STRONG if strong else _SOFT) if value >= 0 else (_LOSS if strong else _LOSS_SOFT)
        top, bottom = min(zero, tip), max(zero, tip)
        if bottom - top >= 1:
            pen.bar((middle - half, top, middle + half, bottom), min(12, half, bottom - top), colour, value > 0)
        if index in told:
            at = (middle, tip - 10) if value >= 0 else (middle, tip + 10)
            ink = _INK if strong else _MUTED
            pen.text(at, compact(value), size, ink, anchor="ms" if value >= 0 else "mt", bold=True)


def _told(values: list[float], highlight: int, slot: float, size: int) -> set[int]:
    """Whose values are written: everybody's where there is room, else the reader's, the best and the last."""
    widest = _widest(values, size)
    if widest <= slot:
        return set(range(len(values)))
    best = max(range(len(values)), key=lambda index: values[index])
    told: set[int] = set()
    for index in (highlight if highlight >= 0 else best, best, len(values) - 1):
        if 0 <= index < len(values) and all(abs(index - other) * slot > widest for other in told):
            told.add(index)
    return told


def _value_size(values: list[float], slot: float) -> int:
    """The largest size in which every number has room, else the smallest."""
    return next((size for size in _VALUE_SIZES if _widest(values, size) + 8 <= slot), _VALUE_SIZES[-1])


def _widest(values: list[float], size: int) -> float:
    return max(_length(compact(value), size, bold=True) for value in values)


def _labels(pen: _Pen, labels: list[str], highlight: int, plot: _Plot) -> None:
    """Names under the bars, in one or two lines; every second or third one when they would touch."""
    slot = plot.slot
    every = max(1, math.ceil(min(max(map(_label_length, labels)) + 12, 100) / slot))
    chosen = range(len(labels) - 1, -1, -every)  # counted from the end: the newest bar always has its name
    for index in chosen:
        room = slot * every - 8
        strong = index == highlight
        for number, line in enumerate(_lines(labels[index], room)):
            at = (plot.middle(index), HEIGHT - _BOTTOM + 34 + number * 24)
            pen.text(at, line, 19, _INK if strong else _MUTED, anchor="ms", bold=strong)


def _lines(label: str, room: float) -> list[str]:
    """At most two lines, broken between words, shortened with «…»."""
    words = label.split()
    for cut in range(len(words), 0, -1):
        first, rest = " ".join(words[:cut]), " ".join(words[cut:])
        if _length(first, 19, bold=True) <= room or cut == 1:
            return [_shortened(line, room, 19, bold=True) for line in (first, rest) if line]
    return []


def _label_length(label: str) -> float:
    return max((_length(line, 19) for line in label.split()), default=0.0)


def compact(value: float) -> str:
    """«1 234,5», «12,5 млн»: at most a few digits, as Russian readers write them."""
    size, word = next(((size, word) for size, word in _LARGE if abs(value) >= size), (1.0, ""))
    scaled = value / size + 0.0  # minus zero becomes zero
    if abs(scaled) >= 1e6:
        return f"{value:.0e}".replace("-", "−")
    text = f"{scaled:,.{_places(scaled)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text.replace(',', _SPACE).replace('.', ',').replace('-', '−')} {word}".strip()


def _places(value: float) -> int:
    """Digits after the comma: none for thousands, one as a rule, two meaningful ones for tiny numbers."""
    if abs(value) >= 1000:
        return 0
    return 1 if abs(value) >= 0.1 or not value else 1 - math.floor(math.log10(abs(value)))


def _round_step(rough: float) -> float:
    """The first of 1, 2, 2.5, 5, 10 × 10ⁿ that is not below."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next((step * power for step in _STEPS if step * power >= rough), 10 * power)


def _clean(text: str) -> str:
    """Text without what the font cannot draw: emoji, control characters and line ends."""
    drawable = (c for c in text if c <= "\uffff" and unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return " ".join("".join(c if not unicodedata.combining(c) else "" for c in drawable).split())


def _shortened(text: str, room: float, size: int, bold: bool = False) -> str:
    if _length(text, size, bold) <= room:
        return text
    text = text[:200]
    while text and _length(text + "…", size, bold) > room:
        text = text[:-1]
    return text.rstrip() + "…"


def _length(text: str, size: int, bold: bool = False) -> float:
    return _font(size * _FINE, bold).getlength(text) / _FINE


@lru_cache(maxsize=32)
def _font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    # BASIC: the same glyph places whether or not the machine has the Raqm library.
    return ImageFont.truetype(str(_FONTS / name), size, layout_engine=ImageFont.Layout.BASIC)
