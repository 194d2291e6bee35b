"""The call screen: who it is, their history, what to say, and the result by one digit (rows C3, C4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import uuid4

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.article_fits import ArticleFits
from deskapp.screens.base import Panel
from deskapp.screens.call_courtesy import CourtesyAtHand, CourtesyPane, NotesArea
from deskapp.screens.call_dialogs import LaterDialog, ScoreDialog
from deskapp.screens.call_followup import FollowupActs, question_lines, reason_lines, spoken_lines
from deskapp.screens.call_view import CallView, read_call
from deskapp.screens.call_words import OUTCOME_KEYS, nobody_lines, result_lines
from deskapp.screens.draft_keeper import DraftKeeper
from deskapp.screens.kept_screen import KeptScreen
from deskapp.screens.telephone import dial, state_line
from deskapp.widgets.lines import Lines
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from pendulum import DateTime
    from textual.timer import Timer

    from deskapp.domain.call_queue import QueueRow
    from deskapp.domain.client import ClientCard
    from deskapp.services.calls import Ended
    from deskapp.services.clients import ClientFile
    from deskapp.services.drafts import Kept
    from deskapp.services.followup_calls import Brief

NOTES_PAUSE_S = 0.6


class CallScreen(FollowupActs, CourtesyAtHand, KeptScreen):
    """A call in hand: client and history beside the words to say; a digit ends it with its result."""

    AUTO_FOCUS, KEPT_NAME = "", "call"
    PLACE, SCREEN_ID, ROWS = "queue", "call", ("C1", "C3", "C4", "C5", "T7", "F4", "K2")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "satisfied", id="call.satisfied"),
        Binding("u", "unsatisfied", id="call.unsatisfied"),
        *(Binding(key, f"result('{outcome}')", id=f"call.{outcome}") for key, outcome in OUTCOME_KEYS),
        Binding("n", "complaint", id="call.complaint"),
        Binding("p", "problem", id="call.problem"),
        Binding("m", "more", id="call.more"),
        Binding("x", "opt_out", id="call.opt_out"),
        Binding("w", "who", id="call.who"),
        Binding("e", "notes", id="call.notes"),
        Binding("h", "courtesy", id="call.courtesy"),
        Binding("o", "open_client", id="call.open"),
        Binding("c", "dial", id="call.dial"),
        Binding("g", "give_back", id="call.give_back"),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    CallScreen #call-left { width: 3fr; }
    CallScreen #call-right { width: 2fr; max-width: 64; }
    CallScreen #call-card { height: auto; }
    CallScreen #call-script { height: auto; }
    CallScreen #call-notes-panel { height: 1fr; min-height: 4; }
    CallScreen.-narrow Horizontal { layout: vertical; }
    CallScreen.-narrow #call-left { width: 1fr; height: 11; }
    CallScreen.-narrow #call-right { width: 1fr; max-width: 100%; height: 1fr; }
    CallScreen.-narrow #call-keys { display: none; }
    CallScreen.-narrow.-planned #call-left { height: 8; }
    CallScreen.-narrow.-planned #call-card { max-height: 4; }
    CallScreen.-narrow.-planned #call-script { max-height: 9; }
    """

    def __init__(self, call_id: int, view: CallView | None = None) -> None:
        super().__init__()
        self._is_about(call_id, view)
        self._pause: Timer | None = None
        self.card = Lines(grow=True)
        self.history = Lines()
        self.script = Wrapped(grow=True)
        self.keys = Lines(grow=True, id="call-keys")
        self.notes, self.courtesy = NotesArea(id="call-notes"), CourtesyPane()
        self.panel, self.fits = Panel("call.title", self.card, id="call-card"), ArticleFits()

    def _is_about(self, call_id: int, view: CallView | None) -> None:
        """Know of this call only."""
        self.call_id = call_id
        self._view = view
        """What was read already, to be shown in the first frame."""
        self.row: QueueRow | None = None
        self.file: ClientFile | None = None
        self.brief: Brief | None = None
        self.candidates: list[ClientCard] = []
        self._asked_who = False
        self.submission = uuid4().hex
        """Names the end of this call wherever it is sent: it ends once."""
        self.keeper: DraftKeeper | None = None

    def begin(self, *about: Any) -> None:
        """Turn to another call; nothing of the one before is seen or can be brought back."""
        super().begin()
        self._is_about(*about)
        if self._pause is not None:
            self._pause.stop()
        with self.notes.prevent(NotesArea.Changed):
            self.notes.text = ""
        self.set_class(False, "-planned", "-courtesy")
        self.fits.forget()
        if self._view is None:
            self.panel.entitle()
            for lines in (self.card, self.history, self.script, self.keys):
                lines.show([])
        self._open()

    def body(self) -> Iterable[Widget]:
        """Client and history at the left; words to say, result keys and notes at the right."""
        yield Horizontal(
            Vertical(self.panel, Panel("call.history", self.history, id="call-history"), id="call-left"),
            Vertical(
                Panel("call.script", self.script, self.keys, id="call-script"),
                self.courtesy,
                Panel("call.notes", self.notes, id="call-notes-panel"),
                self.fits,
                id="call-right",
            ),
        )

    def ready(self) -> None:
        """Read the call and whose number it is."""
        self.set_focus(None)
        if self.keeper is None:
            self._open()
        else:
            self._ask_who()

    def _open(self) -> None:
        """Show what was read already, else read it; and look for notes written before."""
        from deskapp.services import drafts

        desk, form = self.desk, f"call-{self.call_id}"
        self.keeper = DraftKeeper(self.app, desk, form)
        self.ask(lambda: drafts.kept(desk, form), self._restore, group="notes")
        view, self._view = self._view, None
        if view is None:
            self._read()
        else:
            self._show(view)

    def _restore(self, kept: Kept | None) -> None:
        """Notes written before the call was left, or before the console died, are there again."""
        if kept is None:
            return
        self.submission = str(kept.values.get("submission") or self.submission)
        notes = str(kept.values.get("notes", ""))
        if notes and not self.notes.text:
            self.notes.text = notes

    def on_text_area_changed(self) -> None:
        """Keep the notes at each pause in typing."""
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(NOTES_PAUSE_S, self._keep)

    def _keep(self) -> None:
        self.fits.look(self.article_about())
        if self.keeper is not None and not self.keeper.closed:
            if self.notes.text.strip():
                self.keeper.keep({"notes": self.notes.text, "submission": self.submission})
            else:
                self.keeper.forget()

    def on_screen_suspend(self) -> None:
        """Left or covered: what was written stays on the desk's disk until the call has ended."""
        super().on_screen_suspend()
        self._keep_now()

    def on_unmount(self) -> None:
        """The screen goes away: what was written stays."""
        self._keep_now()

    def _keep_now(self) -> None:
        if self.keeper is not None and self.notes.text.strip():
            self.keeper.keep_now({"notes": self.notes.text, "submission": self.submission})

    def changed(self) -> None:
        """Read again: a complaint may have been filed meanwhile."""
        self._read()

    def _read(self) -> None:
        desk, call_id = self.desk, self.call_id
        self.ask(lambda: read_call(desk, call_id), self._show, group="call")

    def _show(self, found: CallView) -> None:
        self.row, self.candidates = found.row, found.candidates
        self.file, self.brief = found.file, found.brief
        self.set_class(found.brief is not None, "-planned")
        call = found.row.call
        self.panel.entitle(kind=say(f"call.kind.{call.kind}"), number=paint.call_number(self.desk, call))
        if found.file is None:
            self.card.show([*nobody_lines(self.desk, call, len(self.candidates)), *state_line(call)])
            self.history.show([])
            self.script.show(paint.salutation_lines(self.desk, None))
        else:
            self.app.known.keep(("file", call.client_id), found.file)
            self.card.show([*state_line(call), *paint.card_lines(self.desk, found.file, call)])
            self.history.show(paint.recent_lines(self.desk, found.items))
            self.script.show(
                [
                    *spoken_lines(self.desk, found.file.card, found.brief),
                    *reason_lines(found.row, found.file),
                    *question_lines(self.desk, found.brief),
                ]
            )
        self.keys.show(result_lines(call))
        self.fits.look(self.article_about())
        self.refresh_bindings()
        self._ask_who()

    def _ask_who(self) -> None:
        """Several clients have this number: ask once, as soon as the screen is on the glass."""
        unknown = self.row is not None and self.row.call.client_id is None
        if len(self.candidates) > 1 and unknown and self.is_current and not self._asked_who:
            self._asked_who = True
            self.action_who()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The client's word on a result is asked in verification calls only; other acts where they make sense."""
        if action in ("problem", "more", "opt_out"):
            return self.can(action)
        if action in ("satisfied", "unsatisfied"):
            return self.row is not None and self.row.call.verifies
        return True

    def context(self) -> dict[str, Any]:
        """Whom a new complaint is about, and which call it came by."""
        if self.row is None:
            return {}
        call = self.row.call
        return {
            "client_id": call.client_id,
            "site_id": call.site_id,
            "call_id": call.id,
            "phone": call.number,
        }

    def action_complaint(self) -> None:
        """File what the caller complains of."""
        from deskapp.screens.places import open_form

        open_form(self.app)

    def action_open_client(self) -> None:
        """Open the whole history."""
        if self.row is not None and self.row.call.client_id is not None:
            self.app.open_client(self.row.call.client_id)

    def action_dial(self) -> None:
        """Dial the number of this call, or dial it again."""
        if self.row is not None:
            dial(self, self.row.call, opened=True)

    def action_notes(self) -> None:
        """Write notes; Esc or Tab leads back to the keys."""
        self.notes.focus()

    def action_leave(self) -> None:
        """From the notes back to the keys; from the keys back to the queue, the call staying in hand."""
        if self.focused is not None:
            self.set_focus(None)
        else:
            self.dismiss(None)

    def action_who(self) -> None:
        """Say who is on the line: one of several clients with this number, or another found by name."""
        from deskapp.screens.clients import PickClientDialog

        if self.row is None:
            return
        number = self.row.call.number
        self.app.push_screen(PickClientDialog(self.candidates, phone=number), self._is_client)

    def _is_client(self, client_id: int | None) -> None:
        if client_id is None or self.row is None:
            return
        from deskapp.services import calls

        desk, call = self.desk, self.row.call
        self.act(lambda: calls.link_client(desk, call, client_id))

    def action_result(self, outcome: str) -> None:
        """End the call with a result; a promised callback asks when."""
        if outcome == "call_back":
            self.app.push_screen(
                LaterDialog(self.desk, f"call-{self.call_id}"),
                lambda at: self._end(outcome, at) if at else None,
            )
        elif outcome == "reached" and self.row is not None and self.row.call.verifies:
            self.app.say("call.ask_satisfied")
        elif outcome == "reached" and self.follows_up:
            self.ask_result()
        else:
            self._end(outcome)

    def action_satisfied(self) -> None:
        """The client is content: ask the score, close the ticket."""
        self.app.push_screen(
            ScoreDialog(), lambda score: self._end("reached", None, True, score) if score else None
        )

    def action_unsatisfied(self) -> None:
        """The client is not content: the ticket is opened again, with the notes as the reason."""
        if not self.notes.text.strip():
            self.app.say("call.why_not")
            self.notes.focus()
            return
        self._end("reached", None, False)

    def _end(
        self,
        outcome: str,
        at: DateTime | None = None,
        satisfied: bool | None = None,
        score: int | None = None,
    ) -> None:
        if self.row is None:
            return
        from deskapp.domain.call import Result
        from deskapp.services import outgoing

        row, result, over = self.row, Result(outcome, self.notes.text, at, score, satisfied), self.closing()
        about = row.client_name or paint.number(self.desk, row.call.number)
        one = outgoing.ending(self.desk, row.call, result, self.submission, about, f"call-{self.call_id}")
        self.app.tray.submit(
            self, one, lambda ended: self._ended(ended, over), kept=over, wrong=self.app.tell
        )

    def closing(self) -> Callable[[], None]:
        """How this very call is put away, whichever the screen shows by then.

        It has ended, or its end waits to be sent: its notes are no draft any more.
        """
        use, keeper = self.use, self.keeper

        def over() -> None:
            if keeper is not None:
                keeper.forget(close=True)
            self._put_away(use)

        return over

    def _put_away(self, use: int) -> None:
        if self.use == use and self.is_attached and self.in_use:
            self.dismiss(None)

    def _ended(self, ended: Ended, over: Callable[[], None]) -> None:
        if ended.given_up:
            self.app.say("call.given_up", attempts=ended.call.attempts)
        elif ended.follows is not None:
            self.app.say("call.follows", when=paint.when(self.desk, ended.follows.due_at))
        else:
            self.app.say("call.ended", outcome=say(f"call.outcome.{ended.call.outcome}"))
        over()

    def action_give_back(self) -> None:
        """Put the call back into the queue."""
        if self.row is None:
            return
        from deskapp.services import harmless

        desk, call, use = self.desk, self.row.call, self.use

        def done(one: harmless.Undo | None) -> None:
            self.app.undoing.offer(one, say("undo.act.release"))
            self._put_away(use)

        self.act(lambda: harmless.release(desk, call), done)
