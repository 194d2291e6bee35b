"""The complaint form: a known caller's complaint is filed in a few keys beside the caller's own words (T1, T2, T10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import uuid4

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens import ticket_form_fields as fields
from deskapp.screens import ticket_form_view as view
from deskapp.screens.answerers import Answerers, answer_label, answer_value
from deskapp.screens.article_fits import ArticleFits
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.draft_keeper import DraftKeeper
from deskapp.screens.ticket_dialog import severity_choices
from deskapp.screens.ticket_filing import Filing
from deskapp.widgets.form import Choice, ChoiceField, FormPanel, LongField, PickField
from deskapp.widgets.lines import Lines
from deskapp.widgets.prose import Prose

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.screens.known import Known
    from deskapp.services.drafts import Kept
    from deskapp.services.intake import Asked, Outlook

ROOMY = 34
"""Lines of the screen from which the caller's words get twice the room."""


class TicketFormScreen(Filing, DeskScreen[None]):
    """Fields at the left, what the console already knows at the right; Ctrl+S files from anywhere."""

    PLACE, SCREEN_ID, ROWS = "form", "ticket_form", ("T1", "T2", "T3", "T10", "T11", "P3")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "file", id="form.file"),
        Binding("ctrl+o", "unfold", id="form.unfold"),
        Binding("ctrl+r", "restore", id="form.restore"),
        Binding("ctrl+b", "drop", id="form.drop"),
        Binding("ctrl+n", "join", id="form.join", priority=True),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    TicketFormScreen #form-left { width: 11fr; }
    TicketFormScreen #form-right { width: 9fr; }
    TicketFormScreen #form-card, TicketFormScreen #form-repeats, TicketFormScreen #form-deadlines { height: auto; }
    TicketFormScreen #form-repeats, TicketFormScreen #form-best, TicketFormScreen.-wide #form-strip { display: none; }
    TicketFormScreen #form-strip, TicketFormScreen #form-best { height: auto; padding: 0 2; background: $background; }
    TicketFormScreen #form-drafts { height: 1; display: none; background: $warning 15%; padding: 0 2; }
    TicketFormScreen FormPanel > Lines { padding: 0 1; }
    TicketFormScreen.-narrow #form-right { display: none; }
    TicketFormScreen.-narrow #form-best.-some { display: block; }
    """

    def __init__(
        self,
        client_id: int | None = None,
        site_id: int | None = None,
        call_id: int | None = None,
        phone: str = "",
        kind: str = "complaint",
        given: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self.kind = kind
        self.given = dict(given or {})
        """Answers the form opens with; whoever is named as `answers` is taken as decided."""
        self.client_id, self.call_id = client_id, call_id
        self.site_id = site_id
        self.known = client_id is not None
        """Whether the console knew who it is when the form opened: then nobody is asked."""
        self.decided = bool(self.given.get("answers"))
        """Whether the operator has said who answers, against or without a proposal."""
        self.unfolded = self.joins = False
        self.outlook: Outlook | None = None
        self.kept: list[Kept] = []
        self.keeper: DraftKeeper | None = None
        self.submission = uuid4().hex
        self._filing = self._left = False
        self.form = FormPanel(*fields.complaint_fields(kind), id="form-fields")
        self._phone = phone
        self.card, self.repeats, self.deadlines = Lines(grow=True), Lines(grow=True), Lines(grow=True)
        self.slip, self.fits = Prose(wraps=False), ArticleFits(Lines(grow=True, id="form-best"))
        self.slip.can_focus = False
        self.strip, self.drafts = Lines(grow=True, id="form-strip"), Lines(id="form-drafts")
        self.left = Panel(f"complaint.title.{kind}", self.form, id="form-left")

    def body(self) -> Iterable[Widget]:
        """Drafts to take back, the fields, and beside or below them what is known."""
        yield self.drafts
        yield Horizontal(
            self.left,
            Vertical(
                Panel("complaint.card", self.card, id="form-card"),
                *(Panel("complaint.repeats", self.repeats, id="form-repeats"), self.fits),
                Panel("complaint.deadlines", self.deadlines, id="form-deadlines"),
                Panel("complaint.slip", self.slip, id="form-slip"),
                id="form-right",
            ),
        )
        yield from (self.strip, self.fits.low)

    def ready(self) -> None:
        """Show the few fields there are to fill in; read categories, drafts and the outlook."""
        desk = self.desk
        self.keeper = DraftKeeper(self.app, desk, fields.DRAFTS + self.submission)
        self._pick("who").lookup = fields.ClientLookup(desk)
        self._pick("answers").lookup = Answerers(desk, self.app.known)
        due = {} if self.kind == "complaint" else {"due": fields.proposed_due(desk, self.kind)}
        self.form.fill({"phone": paint.phone(self._phone)} | due | self.given)
        self._fold()
        self.form.focus_first()
        known = self.app.known
        self.ask(lambda: _begin(desk, known), self._begun, group="begin")
        self._look()

    def on_resize(self) -> None:
        """Give the caller's words more room where there is some."""
        words = self.form.field("words")
        if isinstance(words, LongField) and words.is_mounted:
            words.lines = 8 if self.size.height >= ROOMY else 4
            words.set_label_width(words.styles.padding.left)

    def changed(self) -> None:
        """Something was written: look again; what is typed stays."""
        if self._filing or self._left or self.keeper is None:
            return
        self._look()

    def relabel(self) -> None:
        """Say everything again, choices too."""
        super().relabel()
        self._choice("severity").choices = severity_choices()
        self._choice("channel").choices = fields.channel_choices()
        if self.outlook is not None:
            self._show(self.outlook)
        self._say_drafts()

    def _begun(self, found: tuple[list[Choice], list[Kept]]) -> None:
        categories, kept = found
        self._choice("category").choices = categories
        open_forms = {
            screen.submission
            for stack in self.app._screen_stacks.values()
            for screen in stack
            if isinstance(screen, TicketFormScreen)
        }
        self.kept = [draft for draft in kept if draft.form.removeprefix(fields.DRAFTS) not in open_forms]
        self.kept.sort(key=lambda draft: draft.values.get("client_id") != self.client_id)
        self._say_drafts()

    def _pick(self, name: str) -> PickField:
        field = self.form.field(name)
        assert isinstance(field, PickField)
        return field

    def _choice(self, name: str) -> ChoiceField:
        field = self.form.field(name)
        assert isinstance(field, ChoiceField)
        return field

    def is_about(self, context: Mapping[str, Any], kind: str = "complaint") -> bool:
        """Whether F4 from somewhere means this form: nobody in particular, or the same client; of that kind."""
        if kind != self.kind:
            return False
        return not context or (self.client_id is not None and context.get("client_id") == self.client_id)

    def context(self) -> dict[str, Any]:
        """Whom the form is about."""
        return {"client_id": self.client_id, "site_id": self._choice("site").read(), "call_id": self.call_id}

    def _fold(self) -> None:
        """Ask for no more than is needed: not for who is known, not for what has a usual answer."""
        sites = self._choice("site")
        self._pick("who").display = not self.known or self.unfolded
        self.form.field("phone").display = self.client_id is None
        self.form.field("due").display = self.kind != "complaint"
        sites.display = bool(sites.choices) and (self.unfolded or len(sites.choices) > 1)
        self.form.field("channel").display = self.form.field("demand").display = self.unfolded

    def action_unfold(self) -> None:
        """Show the rest of the fields, or fold them away."""
        self.unfolded = not self.unfolded
        self._fold()
        if self.unfolded:
            self.form.field("demand").focus()
        elif self.focused is None or not self.focused.display:
            self.form.field("words").focus()

    def on_pick_field_picked(self, message: PickField.Picked) -> None:
        """Another client, or another who answers."""
        if message.field is self._pick("who"):
            self.client_id = message.choice.value if message.choice else None
            self.site_id = None
            self._choice("site").choices = ()
            self._fold()
        elif message.field is self._pick("answers"):
            self.decided = True
        self._look()

    def on_choice_field_changed(self, message: ChoiceField.Changed) -> None:
        """Category, severity and site change what follows."""
        if message.field is self._choice("site"):
            self.site_id = message.value
        self._look()

    def on_form_panel_changed(self, message: FormPanel.Changed) -> None:
        """At each pause keep the draft and bring what stands beside the form up to date."""
        self._keep()
        asked = self.outlook.asked if self.outlook else None
        stranger = self.client_id is None and self.form.field("phone").read() != (
            asked.phone if asked else ""
        )
        due = fields.read_due(self.desk, self.form.field("due").read())
        if stranger or due != (asked.own_due_at if asked else None):
            self._look()
        self._show_slip()

    def _asks(self) -> Asked:
        from deskapp.services.intake import Asked

        return Asked(
            self.client_id,
            self.site_id,
            self._choice("category").read(),
            self._choice("severity").read() or "minor",
            self.form.field("phone").read(),
            self.kind,
            fields.read_due(self.desk, self.form.field("due").read()),
            self._choice("scope").read() if self.kind == "repair" else "",
            self.form.field("words").read() or "",
        )

    def _look(self) -> None:
        from deskapp.services import intake

        desk, asked = self.desk, self._asks()
        known = self.app.known.get(("file", asked.client_id))

        def away(error: Exception) -> None:
            """Show what follows without asking anybody."""
            self.app.facts_failed(error)
            self._show(intake.look_alone(desk, asked, known))

        self.ask(lambda: intake.look(desk, asked), self._show, group="look", wrong=away)

    def _show(self, outlook: Outlook) -> None:
        """Show what follows from what is known; only what the operator has not decided is filled in."""
        desk, self.outlook = self.desk, outlook
        if outlook.file is not None:
            self.app.known.keep(("file", outlook.asked.client_id), outlook.file)
        sites = fields.site_choices(outlook.file)
        if sites != list(self._choice("site").choices):
            self._choice("site").choices = sites
            self._fold()
        self._choice("site").fill(outlook.site_id)
        self._one_with_this_number(outlook)
        proposal = outlook.proposal
        if not self.decided:
            label = answer_label(proposal.department, proposal.responsible)
            value = answer_value(proposal.department_id, proposal.responsible_id)
            self._pick("answers").fill(Choice(value, label) if label else None)
        indent = " " * (self._pick("answers").text_field.styles.padding.left - 1)
        why = view.reason_line(proposal, self.decided)
        self.query_one("#complaint-why", Lines).show([Content.assemble(indent, why)])
        self.card.show(view.card_lines(self.desk, outlook))
        self.repeats.show(view.repeat_lines(desk, outlook, self.joins))
        repeats = self.query_one("#form-repeats")
        repeats.display = bool(outlook.repeats or outlook.alike)
        repeats.set_class(any(repeat.certain for repeat in outlook.repeats), "-warn")
        self.refresh_bindings()
        self.deadlines.show(view.deadline_lines(desk, outlook))
        self.strip.show(view.strip_lines(desk, outlook, self.joins))
        self._titles()
        self._show_slip()

    def _titles(self) -> None:
        card = self.outlook.file.card if self.outlook and self.outlook.file else None
        who = paint.client_name(card.client.name) if card else say("complaint.stranger")
        self.left.entitle(who=who)

    def _one_with_this_number(self, outlook: Outlook) -> None:
        """A stranger's number that is one client's, with no name typed against it, is that client."""
        who = self._pick("who")
        if self.client_id is None and len(outlook.same_phone) == 1 and not who.text:
            who.take(fields.client_choice(self.desk, outlook.same_phone[0]))

    def _show_slip(self) -> None:
        self.fits.look(self.article_about())
        values, category = dict(self.form.values()), self._choice("category")
        named = [choice.label for choice in category.choices if choice.value == category.read()]
        values["category.label"] = named[0] if named else ""
        self.slip.show(
            view.slip_preview(self.desk, self.outlook, values, self.slip.scrollable_content_region.width)
        )

    def _draft_values(self) -> dict[str, Any]:
        values = self.form.values()
        return values | {
            "kind": self.kind,
            "client_id": self.client_id,
            "site_id": self.site_id,
            "call_id": self.call_id,
            "known": self.known,
            "decided": self.decided,
            "submission": self.submission,
        }

    def _keep(self, *, now: bool = False) -> bool:
        """Keep a draft when there is anything to lose; say whether there is."""
        if self.keeper is None or self._filing or self.keeper.closed:
            return False
        values = self._draft_values()
        if not fields.anything_typed(values, self.given):
            return False
        (self.keeper.keep_now if now else self.keeper.keep)(values)
        return True

    def on_screen_suspend(self) -> None:
        """Something else comes over the form, a call perhaps: keep what is typed."""
        self._keep()

    def on_unmount(self) -> None:
        """The form goes away: keep at once what no pause has kept yet."""
        if self.form.pending and not self._left:
            self._keep(now=True)

    def _say_drafts(self) -> None:
        self.drafts.display = bool(self.kept)
        if self.kept:
            self.drafts.show([view.drafts_line(self.desk, self.kept)])
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Drafts can be taken back or dropped while there are any; a group joined where others alike are in one."""
        if action == "join":
            return self.joinable is not None
        return bool(self.kept) if action in ("restore", "drop") else True

    def action_restore(self) -> None:
        """Take the newest draft back into the form; what stands in it now is kept as one."""
        if not self.kept:
            return
        self._keep()
        draft = self.kept.pop(0)
        values = draft.values
        self.submission = str(values.get("submission") or uuid4().hex)
        self.keeper = DraftKeeper(self.app, self.desk, draft.form)
        self.client_id, self.call_id = values.get("client_id"), values.get("call_id")
        self.site_id, self.known = values.get("site_id"), bool(values.get("known"))
        self.decided = bool(values.get("decided"))
        self.kind = str(values.get("kind") or "complaint")
        self.left.title_code = f"complaint.title.{self.kind}"
        self.form.fill(values)
        self._choice("site").choices = ()
        self._fold()
        self._titles()
        self.left.relabel()
        self._say_drafts()
        self.form.field("words").focus()
        self._look()

    def action_drop(self) -> None:
        """Throw the newest draft away."""
        if self.kept:
            DraftKeeper(self.app, self.desk, self.kept.pop(0).form).forget(close=True)
            self._say_drafts()

    def action_leave(self) -> None:
        """Go back; what was typed is kept and offered again."""
        if self._keep():
            self.app.say("complaint.kept")
        self._leave()

    def _leave(self) -> None:
        self._left = True
        top: object = self.app.screen
        if top is self:
            self.dismiss(None)

    def on_screen_resume(self) -> None:
        """Come back; a form that was filed meanwhile goes away."""
        if self._left:
            self.call_later(self._leave)
            return
        super().on_screen_resume()


def _begin(desk: Desk, known: Known) -> tuple[list[Choice], list[Kept]]:
    from deskapp.services import drafts

    categories = known.ask("categories", lambda: fields.read_categories(desk))
    return categories, drafts.kept_of(desk, fields.DRAFTS)
