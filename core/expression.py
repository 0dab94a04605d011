"""One value typed by the owner in «Параметры»: a text with {names}, or a formula when it starts with «=»."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from core.formula import Formula, compile_formula
from core.template import Template
from core.values import Value

Lookup = Callable[[str], Value]


@dataclass(frozen=True, slots=True)
class Expression:
    """``raw`` is what the owner typed; exactly one of the compiled forms is set."""

    raw: str
    template: Template | None = None
    formula: Formula | None = None

    @classmethod
    def read(cls, text: str) -> Expression:
        """Raises `FormulaError` or `TemplateError`, both in Russian."""
        if text.startswith("="):
            return cls(text, formula=compile_formula(text[1:]))
        return cls(text, template=Template.parse(text))

    @classmethod
    def condition(cls, text: str) -> Expression:
        """A value that is always a formula («где»), with or without a leading «=»."""
        return cls(text, formula=compile_formula(text.removeprefix("=")))

    @property
    def names(self) -> frozenset[str]:
        """Names it reads, for the checker."""
        if self.formula is not None:
            return self.formula.names
        return frozenset(self.template.names) if self.template else frozenset()

    def value(self, lookup: Lookup, today: date) -> Value:
        """A lone `{имя}` keeps its type: a number stays a number."""
        if self.formula is not None:
            return self.formula.value(lookup, today)
        if self.template is None:
            return ""
        return lookup(self.template.single) if self.template.single else self.template.render(lookup)
