"""Which papers there are, and which builder makes each: a new kind is a line in both tables and its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from deskapp.domain.errors import RuleBroken
from deskapp.domain.paper import PaperKind

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.document import Document
    from deskapp.domain.period import Period
    from deskapp.repository.work import Work

Builder = Callable[["Desk", "Work", "Period"], "Document"]

_PLAN = ("goals", "tasks", "resources")

KINDS: Mapping[str, PaperKind] = {
    kind.code: kind
    for kind in (
        PaperKind("followups_weekly", "week", due="friday", parts=("remarks", "next_week")),
        PaperKind("service_weekly", "week", due="friday", parts=("summary", "problems", "next_week")),
        PaperKind("inspections_weekly", "week", due="friday", parts=("problems", "next_week")),
        PaperKind("works_monthly", "month", due="end", parts=("summary", "problems", "suggestions")),
        PaperKind("service_monthly", "month", due="end", parts=("summary", "problems", "suggestions")),
        PaperKind("month_summary", "month", due="end", parts=("summary", "shortcomings", "lessons")),
        PaperKind("month_plan", "month", due="before", parts=_PLAN, owner="manager"),
        PaperKind("quarter_plan", "quarter", due="before", parts=_PLAN),
        PaperKind(
            "work_report", "month", due="end", parts=("summary", "problems", "suggestions"), owner="manager"
        ),
        PaperKind("work_summary", "month", due="end", parts=("summary", "next_month"), owner="manager"),
        PaperKind("meeting_brief", "month", due="end", parts=("impressions", "suggestions"), owner="manager"),
        PaperKind("appraisal_monthly", "month", due="after:5", parts=("remarks",), owner="manager"),
        PaperKind("viewing_monthly", "month", due="end", parts=("summary", "suggestions")),
        PaperKind("viewing_day", "none", parts=("summary",)),
    )
}
"""In the order they are offered."""

_BUILDERS: Mapping[str, str] = {
    "followups_weekly": "followups_weekly:build",
    "service_weekly": "weekly:service",
    "inspections_weekly": "weekly:inspections",
    "works_monthly": "works:build",
    "service_monthly": "monthly:service",
    "month_summary": "monthly:summary",
    "work_report": "monthly:report",
    "work_summary": "monthly:summary_and_plan",
    "month_plan": "plans:month",
    "quarter_plan": "plans:quarter",
    "meeting_brief": "meeting:build",
    "appraisal_monthly": "appraisal:build",
    "viewing_monthly": "viewing:month",
    "viewing_day": "viewing:day",
}
"""The module of this package and the function in it that makes a kind of paper."""


def kind_of(code: str) -> PaperKind:
    """A kind of paper by its code; one nobody declared breaks paper.kind_unknown."""
    found = KINDS.get(code)
    if found is None:
        raise RuleBroken("paper.kind_unknown", value=code)
    return found


def builder_of(code: str) -> Builder:
    """What makes the Document of a kind of paper, loaded when it is asked for."""
    module, _, name = _BUILDERS[kind_of(code).code].partition(":")
    found: Builder = getattr(import_module(f"deskapp.services.papers.{module}"), name)
    return found
