"""The follow-up programme: its rules and scripts, and what each would lay out for a site one knows (row F1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget

from deskapp.domain.programme import FollowupRule, Script
from deskapp.i18n import say
from deskapp.screens import programme_view as view
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.form_dialog import Editing
from deskapp.screens.paged import Listing
from deskapp.screens.programme_forms import LoadedRule, RuleDialog, ScriptDialog
from deskapp.widgets.prose import Prose
from deskapp.widgets.record_table import ListSource, RecordTable

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.services.programme import Preview, Trial


@dataclass(frozen=True, slots=True)
class Programme:
    """What the screen shows, read in one go."""

    rules: list[FollowupRule]
    scripts: list[Script]
    trial: Trial | None


class ProgrammeScreen(Editing, Listing, DeskScreen[None]):
    """Rules at the left, the calls of the marked one at the right, on a real site; scripts one key away."""

    PLACE, SCREEN_ID, ROWS = "more", "programme", ("F1", "F4")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add", id="programme.add"),
        Binding("e,enter", "edit", id="programme.edit"),
        Binding("x,space", "switch", id="programme.switch"),
        Binding("p", "pick", id="programme.pick"),
        Binding("t", "turn", id="programme.turn"),
        Binding("tab", "read_on", id="programme.read_on", show=False),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    ProgrammeScreen #programme-right { width: 44; }
    ProgrammeScreen.-narrow #programme-all { layout: vertical; }
    ProgrammeScreen.-narrow #programme-right { width: 1fr; height: 9; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.known = Programme([], [], None)
        self.site_id: int | None = None
        self.asked_off: int | None = None
        """The rule one more key would switch off."""
        self.rules = RecordTable(view.rule_columns(), empty_code="programme.no_rules", id="programme-rules")
        self.scripts = RecordTable(
            view.script_columns(), empty_code="programme.no_scripts", id="programme-scripts"
        )
        self.left = Panel("programme.title", self.rules, self.scripts)
        self.told = Prose(id="programme-told")
        self.right = Panel("programme.shows", self.told, id="programme-right")

    def body(self) -> Iterable[Widget]:
        """The list, and what the marked line means."""
        yield Horizontal(self.left, self.right, id="programme-all")

    def ready(self) -> None:
        """Read the programme, and the newest site being built."""
        self.scripts.display = False
        self.rules.focus()
        self.changed()

    def changed(self) -> None:
        """Read anew; the cursor stays on its line."""
        if self.app.desk is None or self.app.desk.operator is None:
            return
        desk, site_id = self.desk, self.site_id
        self.ask(lambda: _read(desk, site_id), self._show, group="programme")

    def _show(self, known: Programme) -> None:
        self.known = known
        for table, records in ((self.rules, known.rules), (self.scripts, known.scripts)):
            source = table.source
            if isinstance(source, ListSource) and source.records:
                source.replace(records)
                table.refresh_rows()
            else:
                table.source = ListSource(records)
        self._tell()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self._tell()

    @property
    def table(self) -> RecordTable:
        """The list that is shown."""
        return self.scripts if self.scripts.display else self.rules

    def on_record_table_highlighted(self, message: RecordTable.Highlighted) -> None:
        """Show what the line means."""
        self.asked_off = None
        if message.table is self.table:
            self._tell()

    def _tell(self) -> None:
        scripts = self.table is self.scripts
        self.left.title_code = "programme.scripts" if scripts else "programme.title"
        self.left.entitle(count=len(self.known.scripts if scripts else self.known.rules))
        self.left.relabel()
        self.right.title_code = "programme.reads" if scripts else "programme.shows"
        self.right.relabel()
        record, trial = self.table.selected, self.known.trial
        if record is None:
            self.told.show([])
        elif isinstance(record, Script):
            self.told.show(view.script_lines(record, self.known.rules))
        elif trial is None:
            self._previewed(record, None)
        else:
            from deskapp.services.programme import tried

            self.ask(
                lambda: tried(record, trial, record),
                lambda preview: self._previewed(record, preview),
                group="preview",
            )

    def _previewed(self, rule: FollowupRule, preview: Preview | None) -> None:
        if self.table.selected != rule:
            return
        script = next((one for one in self.known.scripts if one.id == rule.script_id), None)
        lines = [*view.rule_sentence(rule, script), Content("")]
        if preview is None or self.known.trial is None:
            lines.append(Content.styled(say("programme.no_site_yet"), "$warning"))
        else:
            lines += view.preview_lines(preview, rule, self.known.trial)
        self.told.show(lines)

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Enter opens the form."""
        self._edit(message.record)

    def action_edit(self) -> None:
        """Open the form of the marked line."""
        if self.table.selected is not None:
            self._edit(self.table.selected)

    def action_add(self) -> None:
        """Open an empty form."""
        if self.table is self.scripts:
            self._edit(Script())
        else:
            self._edit(FollowupRule(anchor="start", first_count=1, first_unit="week"))

    def _edit(self, record: Any) -> None:
        desk = self.desk
        if isinstance(record, Script):
            if self.may("script.save"):
                self.edit(
                    record,
                    ScriptDialog,
                    lambda begun, values: ScriptDialog.save(desk, begun, values),
                    lambda: _read_script(desk, record.id),
                    then=lambda saved: self.app.say("programme.script_saved", name=saved.name),
                )
        elif self.may("rule.save"):
            loaded = LoadedRule(record, self.known.scripts, self.known.trial)
            self.edit(
                loaded,
                RuleDialog,
                lambda begun, values: RuleDialog.save(desk, begun, values),
                lambda: replace(loaded, rule=_read_rule(desk, record.id)),
                then=self._saved,
            )

    def _saved(self, rule: FollowupRule) -> None:
        """A rule is stored: lay every site out anew behind what is done next, and say what that changed."""
        from deskapp.services.followups import plan_all

        desk = self.desk
        self.app.say("programme.planning", name=view.rule_name(rule))
        self.act(lambda: plan_all(desk), self._planned)

    def _planned(self, laid: Any) -> None:
        facts = {name: getattr(laid, name) for name in ("sites", "created", "moved", "dropped", "missed")}
        self.app.say("programme.planned", **facts)

    def action_switch(self) -> None:
        """Take a rule into use, or out of it: its calls that wait would be called off, so that is asked first."""
        rule = self.rules.selected
        if self.table is not self.rules or rule is None or not self.may("rule.save"):
            return
        desk = self.desk
        if rule.active and self.asked_off != rule.id:
            self.ask(
                lambda: _waiting(desk, rule.id), lambda count: self._ask_off(rule, count), group="switch"
            )
            return
        self.asked_off = None
        self._switch(replace(rule, active=not rule.active))

    def _ask_off(self, rule: FollowupRule, count: int) -> None:
        self.asked_off = rule.id
        self.app.say("programme.ask_off", name=view.rule_name(rule), count=count)

    def _switch(self, rule: FollowupRule) -> None:
        from deskapp.services.programme import save_rule

        desk = self.desk
        self.act(lambda: save_rule(desk, rule), self._saved)

    def action_pick(self) -> None:
        """Try the rules on another site."""
        from deskapp.screens.site_pick import SitePickDialog

        def chosen(site_id: int | None) -> None:
            if site_id is not None:
                self.site_id = site_id
                self.changed()

        self.app.push_screen(SitePickDialog(), chosen)

    def action_turn(self) -> None:
        """Turn to the scripts, or back to the rules."""
        scripts = self.table is self.rules
        self.scripts.display, self.rules.display = scripts, not scripts
        self.table.focus()
        self._tell()

    def action_read_on(self) -> None:
        """Go to the calls at the right, to scroll them, or back to the list."""
        (self.told if self.table.has_focus else self.table).focus()

    def action_leave(self) -> None:
        """From the scripts back to the rules, from there to the queue."""
        if self.told.has_focus:
            self.table.focus()
        elif self.table is self.scripts:
            self.action_turn()
        else:
            self.app.go("queue")


def _read(desk: Desk, site_id: int | None) -> Programme:
    from deskapp.services.programme import trial_of

    with desk.read() as work:
        rules, scripts = work.followup_rules.listed(), work.scripts.listed()
    return Programme(rules, scripts, trial_of(desk, site_id))


def _read_rule(desk: Desk, rule_id: int) -> FollowupRule:
    with desk.read() as work:
        return work.followup_rules.find(rule_id)


def _read_script(desk: Desk, script_id: int) -> Script:
    with desk.read() as work:
        return work.scripts.find(script_id)


def _waiting(desk: Desk, rule_id: int) -> int:
    with desk.read() as work:
        return work.followups.waiting_by(rule_id)
