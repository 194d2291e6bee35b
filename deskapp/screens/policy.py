"""The policy: every number a manager may change, and what it would mean for a complaint filed now (rows T3, T4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget

from deskapp.domain.appraisal import DEFAULT_WEIGHTS
from deskapp.domain.errors import Conflict, RuleBroken
from deskapp.domain.escalation import CLOCKS, RECEIVERS, Level, parsed, written
from deskapp.domain.policy import SERVICE_LEVELS
from deskapp.domain.retention import DEFAULT_DAYS
from deskapp.i18n import say
from deskapp.i18n.errors import in_words
from deskapp.screens import paint
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.draft_keeper import DraftKeeper
from deskapp.widgets.form import Choice, ChoiceField, FormPanel, LongField, TextField
from deskapp.widgets.lines import Lines

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.policy import Policy
    from deskapp.services.drafts import Kept

SEVERITIES = ("minor", "major", "critical", "crisis")
TARGETS = ("calls", "understood", "solved")
SCOPES = ("general", "waterproof")
LIMITS = ("least", "most")
TABLES: Mapping[str, tuple[str, ...]] = {
    "response_hours": SEVERITIES,
    "resolution_days": SEVERITIES,
    "day_targets": TARGETS,
    "warranty_months": SCOPES,
    "penalty_leadership_yuan": SEVERITIES,
    "penalty_range_yuan": LIMITS,
    "appraisal_weights": tuple(DEFAULT_WEIGHTS),
    "retention_days": tuple(DEFAULT_DAYS),
}
NUMBERS = (
    "amber_hours",
    "red_hours",
    "repeat_days",
    "call_attempts",
    "call_spacing_minutes",
    "answer_target_seconds",
    "claim_minutes",
    "lock_minutes",
    "month_better",
    "followup_horizon_days",
    "inspection_days",
    "issue_days",
    "rectification_days",
    "rectification_warn_hours",
    "handbook_days",
    "settlement_days",
    "penalty_gm_yuan",
    "penalty_repeat_yuan",
    "reward_praise_yuan",
    "appeal_days",
    "mass_least",
    "mass_days",
    "growing_least",
    "growing_times",
    "vital_percent",
    "response_goal_percent",
    "reopened_days",
    "contact_days",
    "quality_per_operator",
    "quality_pass",
    "evaluation_days",
    "retention_client_years",
)
PARTED = frozenset({"response_hours", "resolution_days", "appraisal_weights", "growing_times"})
"""Numbers that may have a part below one."""
WHOLE = frozenset((*NUMBERS[2:], *TABLES)) - PARTED
YES_NO = ("pause_while_waiting", "motto_shown")
CHOSEN = (*YES_NO, "clock_calendar", "service_level")
TEXTS = ("business_hours", "timezone", "phone_area_code")
ROWS_SHOWN = 9


class PolicyScreen(DeskScreen[None]):
    """Targets, calendar, thresholds: in force for what is filed from the moment they are saved."""

    PLACE, SCREEN_ID, ROWS = "more", "policy", ("T3", "T4", "T6", "T9", "T10", "C4", "C7", "P6")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", id="policy.save"),
        Binding("ctrl+z", "undo", id="policy.undo"),
        Binding("ctrl+r", "retention", id="policy.retention"),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    PolicyScreen #policy-form-panel { width: 3fr; }
    PolicyScreen #policy-side { width: 2fr; max-width: 54; }
    PolicyScreen.-narrow #policy-all { layout: vertical; }
    PolicyScreen.-narrow #policy-form-panel { width: 1fr; }
    PolicyScreen.-narrow #policy-side { width: 1fr; max-width: 100%; height: 11; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.form = FormPanel(*_fields(), id="policy-form")
        self.outlook = Lines(id="policy-outlook")
        self.base: Policy | None = None
        """The policy the form was filled from."""
        self.keeper: DraftKeeper | None = None

    def body(self) -> Iterable[Widget]:
        """The values; beside them what follows."""
        yield Horizontal(
            Panel("policy.title", self.form, id="policy-form-panel"),
            Vertical(Panel("policy.outlook", self.outlook), id="policy-side"),
            id="policy-all",
        )

    def ready(self) -> None:
        """Show the policy in force, once the fields are there."""
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        if "motto_shown" not in self.form.fields:
            self.call_after_refresh(self._begin)
            return
        self._fill()
        self.form.focus_first()
        from deskapp.services import drafts

        desk = self.desk
        self.keeper = DraftKeeper(self.app, desk, "policy")
        self.ask(lambda: drafts.kept(desk, "policy"), self._put_back, group="draft", wrong=lambda _: None)

    def _put_back(self, kept: Kept | None) -> None:
        """What was changed and not saved before the console died is there again."""
        if kept is None or self._typed():
            return
        self.form.fill(kept.values)
        if self._typed():
            self.app.say("policy.draft", when=paint.when(self.desk, kept.at))
            self._show_outlook()

    def _typed(self) -> dict[str, Any]:
        """What stands in the form and is not in force."""
        if self.base is None:
            return {}
        before = as_typed(self.base)
        typed = {name: value for name, value in self.form.values().items() if value != before[name]}
        if "escalation" in typed and _levels_or_none(typed["escalation"]) == self.base.escalation:
            del typed["escalation"]
        return typed

    def _keep(self) -> None:
        typed = self._typed()
        if self.keeper is not None and self.base is not None:
            if typed:
                self.keeper.keep(typed)
            else:
                self.keeper.forget()

    def changed(self) -> None:
        """Show another policy in force while nothing was typed; what was typed stays."""
        if self.base is not None and self.desk.policy != self.base:
            self._follow(self.desk)

    def _follow(self, desk: Desk) -> None:
        """Take the policy now in force in every field that was not touched."""
        if self.base is None:
            return
        before, now, typed = as_typed(self.base), as_typed(desk.policy), self.form.values()
        self.base = desk.policy
        if any(now[name] not in (before[name], typed[name]) for name in now if typed[name] != before[name]):
            self.app.say("policy.overtaken")
        self.form.fill({name: value for name, value in now.items() if typed[name] == before[name]})
        self._show_outlook()

    def relabel(self) -> None:
        """Say choices and outlook again too."""
        super().relabel()
        if self.app.desk is not None and "motto_shown" in self.form.fields:
            _say_choices(self.form)
            levels = self.form.field("escalation")
            if self.base is not None and _levels_or_none(levels.read()) == self.base.escalation:
                levels.fill(as_typed(self.base)["escalation"])
            self._show_outlook()

    def _fill(self) -> None:
        _say_choices(self.form)
        self.base = self.desk.policy
        self.form.fill(as_typed(self.base))
        self._show_outlook()

    def on_form_panel_changed(self, message: FormPanel.Changed) -> None:
        """Keep what is typed, and say what would follow from it."""
        self._keep()
        self._show_outlook()

    def on_unmount(self) -> None:
        """The screen goes away: keep at once what no pause has kept yet."""
        if self.form.pending and self.keeper is not None and (typed := self._typed()):
            self.keeper.keep_now(typed)

    def _show_outlook(self) -> None:
        desk, typed = self.desk, self.form.values()
        self.ask(lambda: _outlook(desk, typed), self.outlook.show, group="outlook", wrong=self._no_outlook)

    def _no_outlook(self, error: Exception) -> None:
        self.outlook.show([Content.styled(in_words(error), "$error")])

    def action_save(self) -> None:
        """Put it in force; a wrong value is named at its field."""
        try:
            policy = as_policy(self.form.values(), self.desk.policy)
        except RuleBroken as error:
            self._wrong(error)
            return
        from deskapp.services import company

        desk, base = self.desk, self.base
        self.act(lambda: company.save_policy(desk, policy, base), self._saved, wrong=self._wrong)

    def _saved(self, desk: Desk) -> None:
        self.base = desk.policy
        if self.keeper is not None:
            self.keeper.forget()
        self.form.show_errors({})
        self.app.use_desk(desk)
        self.app.say("policy.saved")

    def _wrong(self, error: Exception) -> None:
        if isinstance(error, Conflict):
            from deskapp.services.company import refreshed

            desk = self.desk
            self.ask(lambda: refreshed(desk), self._overtaken, group="policy")
        field = str(error.facts.get("field", "")) if isinstance(error, RuleBroken) else ""
        name = field.replace(".", "-")
        if name in self.form.fields:
            self.form.show_errors({name: in_words(error)})
        else:
            self.app.tell(error)

    def _overtaken(self, desk: Desk) -> None:
        """Somebody else was first: theirs in the fields not touched, what was typed stays."""
        self._follow(desk)
        self.app.use_desk(desk)

    def action_undo(self) -> None:
        """Show the policy in force again."""
        self._fill()
        self._keep()

    def action_retention(self) -> None:
        """What would go today by the times on the form."""
        from deskapp.screens.retention import RetentionScreen

        try:
            policy = as_policy(self.form.values(), self.desk.policy)
        except RuleBroken as error:
            self._wrong(error)
            return
        self.app.push_screen(RetentionScreen(policy))

    def action_leave(self) -> None:
        """Back to the queue; what was typed stays on this screen."""
        self.app.go("queue")


def _fields() -> Iterable[Widget]:
    for severity in SEVERITIES:
        yield TextField(f"response_hours-{severity}", f"policy.field.response_hours.{severity}", max_length=8)
        yield TextField(
            f"resolution_days-{severity}", f"policy.field.resolution_days.{severity}", max_length=8
        )
    yield ChoiceField("clock_calendar", "policy.field.clock_calendar", required=True)
    yield TextField("business_hours", "policy.field.business_hours", max_length=100)
    yield TextField("timezone", "policy.field.timezone", max_length=60)
    yield ChoiceField("pause_while_waiting", "policy.field.pause_while_waiting", required=True)
    for name in NUMBERS:
        yield TextField(name, f"policy.field.{name}", max_length=8)
    for target in TARGETS:
        yield TextField(f"day_targets-{target}", f"policy.field.day_targets.{target}", max_length=8)
    for scope in SCOPES:
        yield TextField(f"warranty_months-{scope}", f"policy.field.warranty_months.{scope}", max_length=8)
    for table in ("penalty_leadership_yuan", "penalty_range_yuan", "appraisal_weights", "retention_days"):
        for key in TABLES[table]:
            yield TextField(f"{table}-{key}", f"policy.field.{table}.{key}", max_length=8)
    yield ChoiceField("service_level", "policy.field.service_level", required=True)
    yield LongField("escalation", "policy.field.escalation", lines=ROWS_SHOWN)
    yield TextField("phone_area_code", "policy.field.phone_area_code", max_length=8)
    yield ChoiceField("motto_shown", "policy.field.motto_shown", required=True)


def _say_choices(form: FormPanel) -> None:
    calendars = [Choice(name, say(f"policy.clock.{name}")) for name in ("calendar", "business")]
    yes_no = [Choice(True, say("policy.yes")), Choice(False, say("policy.no"))]
    levels = [Choice(one, say(f"figures.rival.service_level.{one}")) for one in SERVICE_LEVELS]
    chosen = {"clock_calendar": calendars, "service_level": levels} | dict.fromkeys(YES_NO, yes_no)
    for name, choices in chosen.items():
        field = form.field(name)
        if isinstance(field, ChoiceField):
            field.choices = choices


def as_typed(policy: Policy) -> dict[str, Any]:
    """The policy as the form shows it."""
    typed: dict[str, Any] = {name: _written(getattr(policy, name)) for name in (*NUMBERS, *TEXTS)}
    typed |= {name: getattr(policy, name) for name in CHOSEN}
    typed["escalation"] = written(policy.escalation, _level_words())
    for table, keys in TABLES.items():
        typed |= {f"{table}-{key}": _written(getattr(policy, table)[key]) for key in keys}
    return typed


def _level_words() -> dict[str, str]:
    """What clocks and people are called in the lines of the escalation."""
    words = {clock: say(f"escalation.line.{clock}") for clock in CLOCKS}
    return words | {to: say(f"escalation.line.{to}") for to in RECEIVERS}


def _levels(text: Any) -> tuple[Level, ...]:
    return parsed(str(text or ""), {word: code for code, word in _level_words().items()})


def _levels_or_none(text: Any) -> tuple[Level, ...] | None:
    try:
        return _levels(text)
    except RuleBroken:
        return None


def _written(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def as_policy(typed: Mapping[str, Any], present: Policy) -> Policy:
    """Read the form; RuleBroken policy.value names the field that cannot be."""
    from dataclasses import replace

    values: dict[str, Any] = {name: _number(name, name, typed[name]) for name in NUMBERS}
    values |= {name: str(typed[name] or "").strip() for name in TEXTS}
    values["escalation"] = _levels(typed["escalation"])
    values |= {name: typed[name] for name in CHOSEN if typed[name] is not None}
    for table, keys in TABLES.items():
        values[table] = {key: _number(table, f"{table}.{key}", typed[f"{table}-{key}"]) for key in keys}
    return replace(present, **values).validated()


def _number(kind: str, field: str, text: Any) -> float | int:
    try:
        value = float(str(text).strip())
    except ValueError:
        raise RuleBroken("policy.value", field=field, value=str(text)) from None
    if value != value or abs(value) > 1e9 or (kind in WHOLE and value != int(value)):
        raise RuleBroken("policy.value", field=field, value=str(text))
    return int(value) if value == int(value) else value


def _outlook(desk: Desk, typed: Mapping[str, Any]) -> list[Content]:
    """What a complaint filed now would be promised, and for which years the calendar is published."""
    from deskapp.domain.calendar import day_kind, years_published
    from deskapp.domain.ticket import Ticket
    from deskapp.domain.ticket_clock import promised

    policy = as_policy(typed, desk.policy)
    lines = [Content.styled(say("policy.if_filed_now"), "$text-muted")]
    for severity in SEVERITIES:
        ticket = promised(Ticket(severity=severity, received_at=desk.now()), policy)
        assert ticket.respond_by is not None
        assert ticket.due_at is not None
        local = [
            at.in_timezone(policy.timezone).format("MM-DD HH:mm") for at in (ticket.respond_by, ticket.due_at)
        ]
        words = say(
            "policy.promise", severity=say(f"ticket.severity.{severity}"), respond=local[0], resolve=local[1]
        )
        mark = f"{say('policy.provisional')} " if ticket.provisional else ""
        lines.append(Content.assemble((mark, "$warning"), words))
    years, today = years_published(), desk.local(desk.now()).date()
    lines.append(Content(""))
    lines.append(Content.styled(say("policy.published", until=years[-1]), "$text-muted"))
    lines.append(Content.styled(say("policy.clock.unpublished", year=years[-1] + 1), "$warning"))
    kind = day_kind(today)
    holiday = say(f"policy.holiday.{kind.holiday}") if kind.holiday else ""
    lines.append(
        Content.styled(
            say("policy.today_works" if kind.working else "policy.today_rests", holiday=holiday),
            "$text-muted",
        )
    )
    lines.append(Content.styled(say("policy.running_keep"), "$text-muted"))
    return lines
