"""Charts: the picture tells the truth, fits its frame, and survives any numbers and names."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.messages import Chart
from messengers.chart import HEIGHT, WIDTH, compact, draw

STRONG, SOFT, LOSS, PAPER = (47, 107, 255), (188, 208, 255), (242, 84, 91), (255, 255, 255)
WEEKS = ("12 окт", "19 окт", "26 окт", "2 ноя", "9 ноя", "16 ноя")


def picture(chart: Chart) -> Image.Image:
    image = Image.open(io.BytesIO(draw(chart)))
    assert image.format == "PNG"
    assert image.size == (WIDTH, HEIGHT)
    return image.convert("RGB")


def chart(*values: float, highlight: int = -1) -> Chart:
    labels = [WEEKS[number % 6] for number in range(len(values))]
    return Chart("Мои недели", tuple(zip(labels, values, strict=True)), "минут", highlight)


def bars(image: Image.Image, colour: tuple[int, int, int]) -> list[tuple[int, int]]:
    """(width, height) of every bar of this colour, from left to right."""
    raw = image.transpose(Image.Transpose.TRANSPOSE).tobytes()  # column after column
    columns = [raw[3 * HEIGHT * x : 3 * HEIGHT * (x + 1)] for x in range(WIDTH)]
    heights = [[*zip(*[iter(column)] * 3, strict=True)].count(colour) for column in columns]
    found: list[tuple[int, int]] = []
    width = tallest = 0
    for height in [*heights, 0]:
        if height:
            width, tallest = width + 1, max(tallest, height)
        elif width:
            found.append((width, tallest))
            width = tallest = 0
    return found


def rows_of(image: Image.Image, colour: tuple[int, int, int]) -> range:
    """From the first to the last line that holds this colour."""
    raw, pixel = image.tobytes(), bytes(colour)
    holds = [y for y in range(HEIGHT) if pixel in raw[3 * WIDTH * y : 3 * WIDTH * (y + 1)]]
    return range(holds[0], holds[-1] + 1)


def is_clipped(image: Image.Image) -> bool:
    """Whether anything touches the edge of the picture."""
    inside = Image.new("RGB", (WIDTH - 2, HEIGHT - 2), PAPER)
    frame = image.copy()
    frame.paste(inside, (1, 1))
    return frame.getcolors() != [(WIDTH * HEIGHT, PAPER)]


def test_heights_follow_the_values() -> None:
    heights = [height for _, height in bars(picture(chart(30, 60, 90, 120)), STRONG)]
    assert len(heights) == 4
    assert heights[1] / heights[0] == pytest.approx(2, rel=0.05)
    assert heights[3] / heights[0] == pytest.approx(4, rel=0.05)


def test_only_the_readers_bar_is_strong() -> None:
    image = picture(chart(30, 60, 90, highlight=1))
    assert len(bars(image, STRONG)) == 1
    assert len(bars(image, SOFT)) == 2


def test_a_loss_falls_below_zero_in_red() -> None:
    image = picture(chart(-2, 2))
    (loss,), (gain,) = bars(image, LOSS), bars(image, STRONG)
    assert loss == pytest.approx(gain, abs=3)
    assert rows_of(image, STRONG).stop <= rows_of(image, LOSS).start + 3


def test_the_same_chart_is_the_same_bytes() -> None:
    assert draw(chart(1, 2, 3)) == draw(chart(1, 2, 3))
    assert draw(chart(1, 2, 3)) != draw(chart(1, 2, 4))


def test_nothing_to_draw_says_so() -> None:
    image = picture(Chart("Мои недели", ()))
    assert bars(image, STRONG) == []
    middle = image.crop((300, HEIGHT // 2 - 40, 700, HEIGHT // 2 + 40))
    assert len(middle.getcolors(100_000) or []) > 2


def test_sixty_bars_stay_apart() -> None:
    found = bars(picture(chart(*[10.0 + number for number in range(60)])), STRONG)
    assert len(found) == 60
    assert min(width for width, _ in found) >= 4


@pytest.mark.parametrize(
    "values",
    [
        (0.0,) * 6,
        (5.0,),
        (-5.0,),
        (1e6, 2.5e7, 1.2e9, 1e12, 9e11),
        (1.7e308, -1.7e308, float("inf"), float("nan"), 5e-324),
        (0.001, 0.0005, 1e-12),
        tuple(float(number % 7) for number in range(300)),
    ],
)
def test_any_numbers_stay_inside_the_frame(values: tuple[float, ...]) -> None:
    assert not is_clipped(picture(chart(*values, highlight=len(values) - 1)))


names = st.text(max_size=60)
numbers = st.floats(width=32)


@given(names, st.lists(st.tuples(names, numbers), max_size=12), names, st.integers(-5, 20))
@settings(max_examples=25, deadline=None)
def test_any_names_stay_inside_the_frame(title: str, bars: list[tuple[str, float]], unit: str, highlight: int) -> None:
    assert not is_clipped(picture(Chart(title, tuple(bars), unit, highlight)))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (-0.0, "0"),
        (5, "5"),
        (20.5, "20,5"),
        (-1.25, "−1,2"),
        (0.0005, "0,0005"),
        (1234.4, "1\u00a0234"),
        (999_999, "999\u00a0999"),
        (1_500_000, "1,5 млн"),
        (-2e9, "−2 млрд"),
        (1e12, "1 трлн"),
        (1e300, "1e+300"),
    ],
)
def test_compact(value: float, shown: str) -> None:
    assert compact(value) == shown
