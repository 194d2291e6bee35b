"""The sandbox a company's Word template is filled in: nothing but the paper is reached, and nothing grows past measure.

Jinja's own sandbox keeps a template from Python; what it lets through is small texts that make large ones, and loops
in loops. Here every round, every word said and every filter is paid from one budget, and what a paper never needs
(macros, includes, most methods and filters) is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any

from jinja2 import StrictUndefined, nodes, pass_eval_context
from jinja2.exceptions import SecurityError
from jinja2.filters import do_join, do_replace
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from deskapp.domain.errors import RuleBroken

MOST_WORK = 60_000_000
"""Characters a template may say and turn over in all; a round or an act counts as DEAR of them."""
DEAR = 20
MOST_NUMBER = 1_000_000
"""The greatest numbers a template may multiply."""
FILTERS = frozenset(
    (
        *("abs", "capitalize", "count", "d", "default", "dictsort", "e", "escape", "filesizeformat"),
        *("first", "float", "forceescape", "groupby", "int", "items", "join", "last", "length", "list"),
        *("lower", "max", "min", "reject", "rejectattr", "replace", "reverse", "round", "safe", "select"),
        *("selectattr", "sort", "string", "sum", "title", "trim", "truncate", "unique", "upper", "wordcount"),
    )
)
METHODS = frozenset(
    (
        *("items", "keys", "values", "get", "upper", "lower", "title", "capitalize", "strip", "lstrip"),
        *("rstrip", "startswith", "endswith", "split", "isdigit", "count", "find", "index"),
    )
)
_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.For, nodes.If, nodes.Assign, nodes.With),
    *(nodes.Expr, nodes.Helper),
)


class Budget:
    """What filling one template may cost."""

    def __init__(self, most: int = MOST_WORK) -> None:
        self.left = most

    def spend(self, value: Any = None, more: int = 0) -> Any:
        """Pay for an act with a value and give it back; RuleBroken where nothing is left."""
        self.left -= DEAR + more + (len(value) if hasattr(value, "__len__") else 0)
        if self.left < 0:
            raise RuleBroken("paper.template_much")
        return value

    def whole(self, value: Any) -> Any:
        """Pay for all that is in a list or a table made in a template: one in another may stand for millions."""
        self.spend(value)
        if isinstance(value, list | tuple):
            for one in value:
                self.whole(one)
        elif isinstance(value, dict):
            self.whole([*value.values()])
        return value

    def rounds(self, values: Iterable[Any], said: int) -> Iterator[Any]:
        """Pay for each round of a loop, of which so many characters are always said."""
        for value in values:
            self.spend(more=said)
            yield value


class _Paying(NodeTransformer):
    """Has each loop and each joined text paid for; refuses what papers do not need."""

    def visit(self, node: Any, *args: Any, **kwargs: Any) -> Any:
        """Look at one part of a template."""
        if not isinstance(node, _ALLOWED) or (isinstance(node, nodes.For) and node.recursive):
            raise RuleBroken("paper.template_refused", name=type(node).__name__.lower())
        return super().visit(node, *args, **kwargs)

    def visit_For(self, node: nodes.For) -> nodes.For:
        """Count the rounds."""
        self.generic_visit(node)
        said = sum(len(one.data) for one in node.find_all(nodes.TemplateData))
        node.iter = _through("rounds", node.iter, nodes.Const(said))
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:
        """Weigh what was joined."""
        self.generic_visit(node)
        return _through("weighed", node)

    def visit_List(self, node: Any) -> Any:
        """Weigh what is gathered."""
        self.generic_visit(node)
        return node if getattr(node, "ctx", "load") == "store" else _through("whole", node)

    visit_Tuple = visit_Dict = visit_List


def _through(name: str, node: Any, *given: Any) -> nodes.Filter:
    return nodes.Filter(node, f" {name}", list(given), [], None, None, lineno=node.lineno)


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja with a budget."""

    intercepted_binops = frozenset(["+", "*", "**", "%"])

    def __init__(self, budget: Budget) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=True, finalize=budget.spend)
        self.budget = budget
        self.globals.clear()
        known = {name: made for name, made in self.filters.items() if name in FILTERS}
        known |= {"join": _joined, "replace": _replaced}
        self.filters = {name: self._paid(made) for name, made in known.items()}
        # No template can name these: there is a blank in them.
        self.filters |= {" rounds": budget.rounds, " weighed": budget.spend, " whole": budget.whole}

    def _paid(self, made: Callable[..., Any]) -> Callable[..., Any]:
        place = 1 if hasattr(made, "jinja_pass_arg") else 0

        @wraps(made)
        def paying(*given: Any, **named: Any) -> Any:
            self.budget.spend(given[place])
            return self.budget.spend(made(*given, **named))

        return paying

    def _parse(self, source: str, name: Any, filename: Any) -> nodes.Template:
        parsed: nodes.Template = _Paying().visit(super()._parse(source, name, filename))
        return parsed

    def is_safe_callable(self, obj: Any) -> bool:
        """Let a template call the harmless methods of texts, lists and tables of words, and those of its loops."""
        owner = getattr(obj, "__self__", None)
        plain = isinstance(owner, str | dict | list | tuple) and getattr(obj, "__name__", "") in METHODS
        return (plain or isinstance(owner, LoopContext)) and super().is_safe_callable(obj)

    def call(self, context: Any, obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Call a method, and pay for it."""
        if not self.is_safe_callable(obj):
            raise RuleBroken(
                "paper.template_refused", name=str(getattr(obj, "__name__", type(obj).__name__))[:60]
            )
        self.budget.spend(getattr(obj, "__self__", None))
        return super().call(context, obj, *args, **kwargs)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Reckon with numbers, of which only small ones are multiplied; texts may be added."""
        numbers = all(isinstance(one, int | float) for one in (left, right))
        if operator == "+":
            return self.budget.spend(super().call_binop(context, operator, left, right))
        if operator == "**" or not numbers or max(abs(left), abs(right)) > MOST_NUMBER:
            raise SecurityError(operator)
        return super().call_binop(context, operator, left, right)


@pass_eval_context
def _joined(eval_ctx: Any, value: Iterable[Any], d: str = "", attribute: Any = None) -> Any:
    """Join texts, unless the text between them would make too much of it."""
    values = list(value)
    _check(len(values) * len(str(d)))
    return do_join(eval_ctx, values, d, attribute)


@pass_eval_context
def _replaced(eval_ctx: Any, s: str, old: str, new: str, count: int | None = None) -> Any:
    """Put one text in the place of another, unless that would make too much of it."""
    _check((len(str(s)) + 1) * len(str(new)))
    return do_replace(eval_ctx, s, old, new, count)


def _check(characters: int) -> None:
    if characters > MOST_WORK:
        raise RuleBroken("paper.template_much")
