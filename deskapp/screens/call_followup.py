"""What a planned call adds to the call screen: its script and questions, its result, its problem (row F4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.base import DeskDialog, Framed
from deskapp.screens.draft_keeper import DraftKeeper
from deskapp.widgets.lines import Lines
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.article import About
    from deskapp.domain.call_queue import QueueRow
    from deskapp.domain.client import ClientCard
    from deskapp.domain.script_talk import Question
    from deskapp.screens.call_courtesy import NotesArea
    from deskapp.screens.record_form import Typed
    from deskapp.services.clients import ClientFile
    from deskapp.services.followup_calls import Brief, Finished


def purpose_words(row: QueueRow) -> str:
    """Why a planned call is made; a verification call says so by its kind already."""
    purpose = row.call.purpose
    return say(f"followup.purpose.{purpose}") if purpose and row.call.kind != "verification" else ""


def spoken_lines(desk: Desk, card: ClientCard | None, brief: Brief | None) -> list[Content]:
    """What to say first: the greeting, then the opening of the script, or who is calling."""
    greeting = paint.salutation_lines(desk, card)
    if brief is None:
        return greeting
    from deskapp.domain.script_talk import opening_of

    facts = {
        "company": desk.company,
        "operator": desk.operator.name if desk.operator else "",
        "client": card.client.name if card else "",
        "address": brief.address or say("script.your_home"),
    }
    opening = opening_of(brief.opening, facts)
    return [
        *(greeting[:1] if opening else greeting),
        *([Content(shown(opening))] if opening else []),
        *_greeting(desk, facts["client"], brief),
    ]


def _greeting(desk: Desk, client_name: str, brief: Brief) -> list[Content]:
    """What a greeting or notice says to this client."""
    if brief.campaign is None:
        return []
    from deskapp.screens.campaign_words import spoken

    words = spoken(desk, brief.campaign, client_name)
    return [Content(shown(line)) for line in words.splitlines() if line.strip()]


def question_lines(desk: Desk, brief: Brief | None) -> list[Content]:
    """The questions of the script, each with what was answered the last time."""
    if brief is None:
        return []
    before = {one.question.code: one.value for one in brief.last_answers}
    lines = []
    for number, question in enumerate(brief.questions, 1):
        told = answer_words(question, before.pop(question.code, None))
        last = (f"  {say('followup_call.last', answer=told)}", "$text-muted") if told else ""
        lines.append(Content.assemble((f"{number} ", "$primary"), shown(question.text), last))
    return [*lines, *_last_lines(desk, brief)]


def answer_words(question: Question, value: object) -> str:
    """An answer as people say it."""
    if value in (None, ""):
        return ""
    return say(f"followup_call.{value}") if question.kind == "yes_no" else shown(str(value))[:60]


def _last_lines(desk: Desk, brief: Brief) -> list[Content]:
    """The last talk about this site: when, how content, and the answers to questions not asked this time."""
    last, asked = brief.last, {one.code for one in brief.questions}
    if last is None:
        return []
    what = say(f"followup.purpose.{last.purpose}") if last.purpose else say(f"call.kind.{last.kind}")
    when = paint.when(desk, last.ended_at or last.due_at)
    score = say("client.score", score=last.score) if last.score else ""
    lines = [Content.styled(say("followup_call.last_time", when=when, what=what, score=score), "$text-muted")]
    for one in brief.last_answers:
        told = answer_words(one.question, one.value)
        if one.question.code not in asked and told:
            lines.append(Content.styled(f"  {shown(one.question.text)} {told}", "$text-muted"))
    return lines


def reason_lines(row: QueueRow, file: ClientFile | None = None) -> list[Content]:
    """Which ticket the call is about, why it is made, and whether the client wants no more of them."""
    lines = []
    if row.ticket_number:
        lines.append(Content.assemble((shown(row.ticket_number), "$primary"), " ", shown(row.ticket_subject)))
    if row.call.verifies and not row.call.followup_id:
        lines.append(Content(say("script.verification")))
    if row.call.reason:
        lines.append(Content.styled(shown(row.call.reason), "$warning"))
    if file is not None and not file.card.client.wants_calls:
        lines.append(Content.styled(say("followup_call.opted_out"), "bold $warning"))
    return lines


class OptOutDialog(DeskDialog[bool]):
    """Asks once more before a client is called no more."""

    SCREEN_ID, TITLE_CODE, ROWS = "opt_out", "followup_call.opt_out.title", ("F4", "F5")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "yes", id="opt_out.yes")]

    def __init__(self, name: str) -> None:
        super().__init__()
        self.client_name = name

    def body(self) -> Iterable[Widget]:
        """What will happen."""
        lines = [
            Content.styled(paint.client_name(self.client_name), "bold"),
            Content(say("followup_call.opt_out.what")),
            Content.styled(say("followup_call.opt_out.still"), "$text-muted"),
        ]
        yield Lines(lines, grow=True)

    def action_yes(self) -> None:
        """The client said so."""
        self.dismiss(True)


class FollowupActs(Framed):
    """The acts of the call screen that planned calls need."""

    call_id: int
    row: QueueRow | None
    file: ClientFile | None
    brief: Brief | None
    notes: NotesArea
    submission: str

    use: int

    def closing(self) -> Callable[[], None]:
        """How this very call is put away."""
        raise NotImplementedError

    def article_about(self) -> About:
        """What articles should fit: the notes so far, and what the call's ticket is about."""
        from deskapp.domain.article import About

        if self.row is None:
            return About(self.notes.text)
        call = self.row.call
        text = f"{self.row.ticket_subject} {call.reason} {self.notes.text}"
        return About(text, None, call.ticket_id, call.id)

    @property
    def follows_up(self) -> bool:
        """Whether this call asks how content a client is."""
        return self.row is not None and self.row.call.follows_up

    def can(self, action: str) -> bool:
        """Whether an act for planned calls makes sense now."""
        if self.row is None or self.row.call.client_id is None:
            return False
        if action == "problem":
            return self.row.call.direction == "out" and not self.row.call.verifies
        return action != "opt_out" or (self.file is not None and self.file.card.client.wants_calls)

    def action_problem(self) -> None:
        """Make what the client complains of a ticket with a deadline, at once."""
        from deskapp.screens.places import open_form

        words = self.notes.text.strip()
        open_form(self.app, "followup_issue", {"words": words} if words else None)

    def action_more(self) -> None:
        """Offer what else can be done for the client."""
        from deskapp.screens.client_more import offer

        if self.row is not None and self.row.call.client_id is not None:
            offer(self, self.row.call.client_id, self.row.call.site_id)

    def action_opt_out(self) -> None:
        """The client wants to be called no more."""
        if self.row is None or self.row.call.client_id is None:
            return
        from deskapp.services import followup_calls

        desk, client_id = self.desk, self.row.call.client_id

        def answered(yes: bool | None) -> None:
            if yes:
                self.act(
                    lambda: followup_calls.opt_out(desk, client_id),
                    lambda _: self.app.say("followup_call.opted_out"),
                )

        self.app.push_screen(OptOutDialog(self.row.client_name), answered)

    def ask_result(self, typed: Typed | None = None, error: Exception | None = None) -> None:
        """Ask what came of a follow-up; what was refused comes back as it was typed."""
        from deskapp.screens.call_result import ResultDialog
        from deskapp.services.followup_calls import Brief

        if self.row is None:
            return
        issued = self.row.ticket_number if self.row.call.ticket_id is not None else ""
        dialog = ResultDialog(self.row, self.brief or Brief(), self.notes.text.strip(), issued)
        dialog.typed, dialog.error = typed, error
        self.app.push_screen(dialog, lambda answer: self._finish(dialog, answer) if answer else None)

    def _finish(self, dialog: Any, answer: Typed) -> None:
        """Send the result; it waits on the desk's disk where the database does not answer."""
        from deskapp.screens.call_result import result_of
        from deskapp.services import followup_calls, outgoing

        row = self.row
        if row is None:
            return
        result = result_of(answer.values, dialog.brief)
        try:
            followup_calls.check(result)
        except Exception as error:
            self.ask_result(answer, error)
            return
        kept = dialog.draft_values(answer.values)
        about = row.client_name or paint.number(self.desk, row.call.number)
        one = outgoing.finishing(self.desk, row.call, result, self.submission, about, dialog.draft, kept)
        keeper = DraftKeeper(self.app, self.desk, dialog.draft)
        keeper.keep(kept)
        put_away, use = self.closing(), self.use

        def over() -> None:
            keeper.forget(close=True)
            put_away()

        def finished(done: Finished) -> None:
            over()
            _say_finished(self, done)

        def refused(error: Exception) -> None:
            self.app.tell(error)
            if self.use == use:
                self.ask_result(answer, error)

        self.app.tray.submit(self, one, finished, kept=over, wrong=refused)


def _say_finished(screen: Framed, done: Finished) -> None:
    """Say how it ended; the number of the ticket it led to stands in a dialog of its own."""
    from deskapp.screens.ticket_filed import FiledDialog

    app, call, row = screen.app, done.ended.call, done.issue
    score = say("client.score", score=call.score) if call.score else say("followup_call.no_score")
    app.say("followup_call.finished", score=score)
    if row is not None:
        number = row.ticket.id
        app.push_screen(FiledDialog(row), lambda chosen: app.open_ticket(number) if chosen else None)
