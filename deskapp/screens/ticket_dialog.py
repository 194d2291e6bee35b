"""The dialog every act on a ticket asks in: its fields as data, its words kept as a draft until the act is done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import uuid4

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from deskapp.domain.article import About, about_ticket
from deskapp.domain.courtesy import needs_of
from deskapp.domain.ticket import INTERNAL_KINDS, takes_away
from deskapp.i18n import say
from deskapp.screens import clock_paint, paint
from deskapp.screens.answerers import Answerers, answer_of
from deskapp.screens.base import DeskDialog, Panel
from deskapp.screens.courtesy_advice import Advice
from deskapp.screens.draft_keeper import DraftKeeper
from deskapp.screens.ticket_acts import TicketAct, act_word, draft_name, transfers
from deskapp.widgets.form import Choice, ChoiceField, FormPanel, LongField, PickField, TextField
from deskapp.widgets.form_grid import ChoiceGrid
from deskapp.widgets.lines import Lines
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.rows import TicketRow
    from deskapp.domain.ticket import Ticket
    from deskapp.services.drafts import Kept

SEVERITIES = ("minor", "major", "critical", "crisis")
NEEDS_WORDS = frozenset({"respond", "resolve", "settle", "reopen", "withdraw", "merge", "note", "decide"})
CALLING = frozenset({"respond", "resolve", "settle", "note"})
"""Acts in whose words colleagues are called on."""
ANSWERS = frozenset({"respond", "resolve", "settle"})
"""Acts whose words are an answer to the client."""
ALSO_NEEDED: Mapping[str, tuple[str, ...]] = {
    "dispatch": ("answers",),
    "merge": ("into",),
    "grade": ("severity",),
    "verify": ("satisfied",),
}


class LastField(TextField):
    """One line of words that ends a dialog: Enter does the act."""

    def action_next_field(self) -> None:
        """Do it."""
        if isinstance(self.screen, ActDialog):
            self.screen.action_confirm()


def severity_choices() -> list[Choice]:
    """The four severities."""
    return [Choice(value, say(f"ticket.severity.{value}")) for value in SEVERITIES]


def _words(lines: int) -> list[Widget]:
    return [LongField("words", "acts.words", lines=lines, required=True)]


def _line(required: bool = False) -> list[Widget]:
    return [LastField("words", "acts.reason" if required else "acts.words", required=required)]


def _verify_fields() -> list[Widget]:
    yes_no = [
        Choice("yes", say("acts.satisfied.yes"), keys=("y",)),
        Choice("no", say("acts.satisfied.no"), keys=("n", "u")),
    ]
    scores = [Choice(score, say(f"call.score.{score}")) for score in range(1, 6)]
    return [
        ChoiceField("satisfied", "acts.satisfied", yes_no, required=True, advance=True),
        ChoiceGrid("score", "acts.score", scores, advance=True),
        LastField("words", "acts.client_words"),
    ]


def _proof_fields() -> list[Widget]:
    """Whether a colleague's work stood the test: no client is asked, so there is no score."""
    yes_no = [
        Choice("yes", say("acts.proved.yes"), keys=("y",)),
        Choice("no", say("acts.proved.no"), keys=("n", "u")),
    ]
    return [
        ChoiceField("satisfied", "acts.proved", yes_no, required=True, advance=True),
        LastField("words", "acts.words"),
    ]


def _fields(act: TicketAct, ticket: Ticket) -> list[Widget]:
    """The fields of an act on a ticket."""
    if transfers(act, ticket):
        return _transfer_fields()
    if act.name == "verify" and ticket.kind in INTERNAL_KINDS:
        return _proof_fields()
    return FIELDS.get(act.name, _line)()


def _transfer_fields() -> list[Widget]:
    """Whom it goes to, and why."""
    return [
        PickField("answers", "acts.answers", required=True, placeholder_code="acts.answers_hint"),
        LastField("words", "acts.reason"),
    ]


FIELDS: Mapping[str, Callable[[], list[Widget]]] = {
    "respond": lambda: _words(5),
    "resolve": lambda: _words(5),
    "settle": lambda: _words(5),
    "note": lambda: _words(5),
    "decide": lambda: _words(5),
    "dispatch": lambda: [
        PickField("answers", "acts.answers", required=True, placeholder_code="acts.answers_hint"),
        *_line(),
    ],
    "verify": _verify_fields,
    "merge": lambda: [ChoiceGrid("into", "acts.into", required=True), *_line(required=True)],
    "grade": lambda: [
        ChoiceField("severity", "acts.severity", severity_choices(), required=True, advance=True),
        *_line(),
    ],
    "reopen": lambda: _line(required=True),
    "withdraw": lambda: _line(required=True),
}
"""The fields of each act; those not named ask for one line of words."""


class ActDialog(DeskDialog[Mapping[str, Any]]):
    """Asks what one act on one ticket needs; Ctrl+S does it, Esc leaves and keeps the words."""

    SCREEN_ID, TITLE_CODE, ROWS = "act", "acts.title", ("T5", "T7", "T15")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "confirm", id="dialog.confirm"),
        Binding("ctrl+b", "drop", id="form.drop"),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    ActDialog #act-why { height: auto; max-height: 4; }
    ActDialog FormPanel { height: auto; max-height: 14; margin: 1 0; }
    """

    def __init__(
        self, act: TicketAct, row: TicketRow, values: Mapping[str, Any] | None = None, why: str = ""
    ) -> None:
        super().__init__()
        self.act_of, self.row, self.values, self.why = act, row, values, why
        self.submission = str((values or {}).get("submission") or uuid4().hex)
        """Names this act wherever it is sent: it is done once."""
        self.restored = False
        """Whether what stands in the form is a draft that was left."""
        self.fields = _fields(act, row.ticket)
        self.form = FormPanel(*self.fields, id="act-form")
        self.head = Lines(grow=True)
        self.advice = Advice(needs_of(row.ticket.kind) if act.name in ANSWERS else ())
        self.between = Static(markup=False, id="act-why")
        self.keeper: DraftKeeper | None = None

    def body(self) -> Iterable[Widget]:
        """Which ticket, the fields, and how to end."""
        yield self.head
        yield self.between
        yield self.form
        yield self.advice
        hint = say("acts.mention_hint") if self.act_of.name in CALLING else ""
        yield Lines(
            [Content.styled(line, "$text-muted") for line in (hint, say("acts.how")) if line], grow=True
        )

    def ready(self) -> None:
        """Say what it is about; put in what was typed before, or what was refused."""
        ticket = self.row.ticket
        self.query_one(Panel).entitle(act=act_word(self.act_of, ticket), number=ticket.number)
        self._say_between(self.why, "bold $warning")
        self.head.show(
            [
                Content.assemble(
                    (paint.client_name(self.row.client_name), "bold"), "  ", shown(ticket.subject)
                ),
                clock_paint.who_has_it(self.row),
                *([Content.styled(say("acts.note_hint"), "italic $secondary")] if self._is_note() else []),
            ]
        )
        self.keeper = DraftKeeper(self.app, self.desk, draft_name(self.act_of, self.row))
        for field in self.fields:
            if isinstance(field, PickField):
                field.lookup = Answerers(self.desk)
        if self.values is not None:
            self.form.fill(self.values)
            self.keeper.keep(self.values)
        self.form.focus_first()
        if self.act_of.name in ANSWERS:
            self.advice.learn(self)
            self._advise()
        desk, act, row = self.desk, self.act_of, self.row
        self.ask(lambda: _prepare(desk, act, row), self._prepared)

    def article_about(self) -> About:
        """What articles should fit: the ticket, and the words so far."""
        return about_ticket(self.row.ticket, str(self.form.values().get("words") or ""))

    def _is_note(self) -> bool:
        return self.act_of.name == "note"

    def _say_between(self, words: str, tone: str) -> None:
        self.between.display = bool(words)
        self.between.update(Content.styled(words, tone))

    def _prepared(self, found: tuple[Kept | None, Sequence[Choice]]) -> None:
        kept, earlier = found
        if self.act_of.name == "merge":
            into = self.form.field("into")
            assert isinstance(into, ChoiceField)
            into.choices = earlier
            if self.values is not None:
                into.fill(self.values.get("into"))
            if not earlier:
                into.error = say("acts.nothing_earlier")
        if kept is not None and self.values is None and not _anything(self.form.values()):
            self.form.fill(kept.values)
            self.submission = str(kept.values.get("submission") or self.submission)
            self.restored = True
            self._advise()
            self._say_between(say("acts.draft_back", at=paint.when(self.desk, kept.at)), "$warning")
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A draft can be dropped once it is back."""
        return self.restored if action == "drop" else True

    def action_drop(self) -> None:
        """Throw the draft away and begin anew."""
        self.restored = False
        self.form.reset()
        if self.keeper is not None:
            self.keeper.forget()
        self._say_between("", "")
        self.form.focus_first()
        self.refresh_bindings()

    def on_form_panel_changed(self, message: FormPanel.Changed) -> None:
        """Keep what is typed at each pause, and say what could be said better."""
        self._keep()
        self._advise()

    def _advise(self) -> None:
        if self.act_of.name in ANSWERS:
            self.advice.hear(str(self.form.values().get("words") or ""))

    def speaks_of(self) -> tuple[int | None, int | None]:
        """The ticket's client, and the ticket."""
        return self.row.ticket.client_id, self.row.ticket.id

    def on_unmount(self) -> None:
        """The dialog goes away: keep at once what no pause has kept yet."""
        if self.form.pending and self.keeper is not None and _anything(self.form.values()):
            self.keeper.keep_now(self.form.values() | {"submission": self.submission})

    def on_screen_suspend(self) -> None:
        """Something comes over the dialog, the lock perhaps: keep what is typed."""
        if self in self.app.framed() and self.keeper is not None and not self.keeper.closed:
            self._keep()

    def _keep(self) -> None:
        if self.keeper is None:
            return
        values = self.form.values()
        if _anything(values):
            self.keeper.keep(values | {"submission": self.submission})
        else:
            self.keeper.forget()

    def action_leave(self) -> None:
        """Leave without doing it; what was typed is kept and offered again."""
        if _anything(self.form.values()):
            self._keep()
            self.app.say("acts.kept")
        self.dismiss(None)

    def action_confirm(self) -> None:
        """Hand over what was typed, when nothing that is needed is missing."""
        values = self.form.values() | {"submission": self.submission}
        wrong = self._wrong(values)
        if wrong:
            self.form.show_errors(wrong)
            return
        if self.keeper is not None:
            self.keeper.keep(values)
            self.keeper.closed = True
        self.dismiss(values)

    def _wrong(self, values: Mapping[str, Any]) -> dict[str, str]:
        """What is missing, by field."""
        name = self.act_of.name
        needed = list(ALSO_NEEDED.get(name, ()))
        if name in NEEDS_WORDS or (name == "verify" and values.get("satisfied") == "no"):
            needed.append("words")
        if name == "verify" and values.get("satisfied") == "yes" and "score" in values:
            needed.append("score")
        wrong = {field: say(f"acts.need.{field}") for field in needed if not values.get(field)}
        if name == "dispatch" and not wrong and not values.get("words"):
            taken = takes_away(self.row.ticket, *answer_of(values["answers"]))
            return {"words": say("acts.need.reason")} if taken else {}
        if not wrong and (hole := self.advice.unfilled(str(values.get("words") or ""))):
            return {"words": hole}
        return wrong


def _anything(values: Mapping[str, Any]) -> bool:
    return any(str(value or "").strip() for value in values.values())


def _prepare(desk: Desk, act: TicketAct, row: TicketRow) -> tuple[Kept | None, list[Choice]]:
    """The draft of the act, and for a merge the open earlier tickets of the client."""
    from deskapp.services import drafts

    kept = drafts.kept(desk, draft_name(act, row))
    earlier: list[Choice] = []
    if act.name == "merge":
        mine = row.ticket
        with desk.read() as work:
            others = work.tickets.of_client(mine.client_id, 50)
        earlier = [
            Choice(
                one.id,
                f"{one.number} {shown(one.subject)} {say(f'ticket.state.{one.state}')}",
            )
            for one in others
            if one.id != mine.id
            and one.is_open
            and one.received_at is not None
            and (mine.received_at is None or (one.received_at, one.id) <= (mine.received_at, mine.id))
        ][:9]
    return kept, earlier
