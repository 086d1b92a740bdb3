"""Lay a row of figures out as bars: numbers only, for a template to draw as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One period's bar, in units of the drawing; no height where the period has no number."""

    period: str
    shown: str
    disclosed: bool
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars over one base line, oldest period first."""

    width: float
    height: float
    base: float  # where zero is
    bars: tuple[Bar, ...]


def draw(
    points: Sequence[tuple[str, str, Decimal | None]], *, height: float = 150, step: float = 96, bar: float = 44
) -> Chart:
    """Place bars for periods, their shown numbers and their values; zero is always on the scale.

    >>> [one.height for one in draw([("2021", "8", Decimal(8)), ("2022", "4", Decimal(4))], height=100).bars]
    [100.0, 50.0]
    """
    values = [float(value) for _, _, value in points if value is not None]
    top, low = max([0.0, *values]), min([0.0, *values])
    scale = height / (top - low) if top > low else 0.0
    base = top * scale
    bars = tuple(
        Bar(
            period=period,
            shown=shown,
            disclosed=value is not None,
            x=number * step + (step - bar) / 2,
            y=round(base - max(float(value or 0), 0.0) * scale, 2),
            width=bar,
            height=round(abs(float(value or 0)) * scale, 2),
        )
        for number, (period, shown, value) in enumerate(points)
    )
    return Chart(width=max(len(points), 1) * step, height=height, base=round(base, 2), bars=bars)
