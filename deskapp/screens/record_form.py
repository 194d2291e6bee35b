"""A form in a dialog: drafts, errors at their fields, and what two people typed at once brought together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar
from uuid import uuid4

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.base import DeskDialog, Panel
from deskapp.screens.draft_keeper import DraftKeeper
from deskapp.widgets.form import FormPanel
from deskapp.widgets.lines import Lines
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.desk import Desk

Values = Mapping[str, Any]
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into a form: the answers by field, and the answers the form had opened with."""

    values: Values
    given: Values
    submission: str = ""
    """Names this save wherever it is sent: a new record is made once."""

    def over(self, fresh: Values) -> tuple[dict[str, Any], dict[str, Any]]:
        """Lay what was typed over a record somebody else has changed since: the answers, and the clashes.

        A field only the other one changed becomes theirs; a field both changed stays as typed, and is a clash.
        """
        merged, clashes = dict(fresh), {}
        for name, value in self.values.items():
            changed_here = value != self.given.get(name)
            if changed_here and name in fresh and fresh[name] not in (value, self.given.get(name)):
                clashes[name] = fresh[name]
            if changed_here or name not in fresh:
                merged[name] = value
        return merged, clashes


class RecordForm(DeskDialog[R], Generic[R]):
    """Ctrl+S gives back what was typed, saving is for the caller; Esc leaves and keeps it as a draft."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", id="form.save", priority=True),
        Binding("ctrl+r", "start_over", id="form.start_over", priority=True),
    ]
    DEFAULT_CSS = """
    RecordForm .dialog > Lines { padding: 0 1; }
    RecordForm FormPanel { height: auto; max-height: 100%; }
    """

    SECRET: ClassVar[tuple[str, ...]] = ()
    """Fields that no draft keeps."""

    def __init__(self, title_code: str, draft: str, given: Values, typed: Typed | None = None) -> None:
        super().__init__()
        self.title_code = title_code
        self.draft = draft
        """The name the draft is kept under."""
        self.given = dict(given)
        """The answers of the record as it is stored."""
        self.typed = typed
        self.told = Lines(grow=True)
        self.form = FormPanel(*self.fields())
        self._opened_with: dict[str, Any] = {}
        self._waiting: dict[str, Any] | None = None
        self.submission = uuid4().hex
        """Names what this form saves: sent again, it is recognised."""
        self.keeper: DraftKeeper | None = None
        self._given_back = False

    def fields(self) -> Iterable[Widget]:
        """The fields of the form."""
        return ()

    def wrong(self, values: Values) -> dict[str, str]:
        """What is wrong with the answers, by field, in words."""
        return {}

    def entry(self, values: Values) -> R:
        """The answers as a record; asked only when nothing is wrong with them."""
        raise NotImplementedError

    def body(self) -> Iterable[Widget]:
        """The fields, and above them what there is to say about them."""
        yield self.told
        yield self.form

    def ready(self) -> None:
        """Open with the record, or with what was typed before it could not be saved."""
        panel = self.query_one(".dialog", Panel)
        panel.title_code = self.title_code
        panel.relabel()
        self.told.display = False
        self.keeper = DraftKeeper(self.app, self.desk, self.draft)
        self.form.fill(self.given)
        self._opened_with = self.form.values()
        self.form.focus_first()
        if self.typed is None:
            self._ask_draft()
        else:
            self._again(self.typed)

    def _again(self, typed: Typed) -> None:
        self.submission = typed.submission or self.submission
        merged, clashes = typed.over(self.given)
        self.form.fill(merged)
        if clashes:
            self.tell(say("form.clash"), "$warning")
            fields = self.form.fields
            for name, theirs in clashes.items():
                if name in fields:
                    fields[name].error = say("form.theirs", value=self.spoken(name, theirs))

    def spoken(self, name: str, value: Any) -> str:
        """An answer in words, to be read beside the field."""
        return shown(str(self.given.get(f"{name}.text") or value or say("form.nothing"))[:60])

    def _ask_draft(self) -> None:
        from deskapp.services import drafts

        desk, name = self.desk, self.draft
        self.ask(lambda: drafts.kept(desk, name), self._offer, group="draft", wrong=lambda _: None)

    def _offer(self, kept: Any) -> None:
        """Put a draft back, unless somebody is typing already; that of a new record is offered, not put in."""
        if kept is None or self.form.values() != self._opened_with or not self.suits(kept.values):
            return
        when = paint.when(self.desk, kept.at)
        if self.only_offers:
            self._waiting = dict(kept.values)
            self.tell(say("form.offer", when=when, what=self.summary(kept.values)), "$warning")
            return
        self._take(kept.values)
        if self.form.values() != self._opened_with:
            self.tell(say("form.draft", when=when), "$warning")

    def _take(self, draft: Values) -> None:
        self.submission = str(draft.get("submission") or self.submission)
        self.form.fill(draft)

    @property
    def only_offers(self) -> bool:
        """Whether a draft waits to be asked for: what is typed next may be about somebody else."""
        return False

    def summary(self, draft: Values) -> str:
        """What a draft that is offered is about."""
        return ""

    def suits(self, draft: Values) -> bool:
        """Whether a draft is of what this form was opened for."""
        return True

    def tell(self, words: str, tone: str = "") -> None:
        """Say something above the fields; nothing to say takes no room."""
        self.told.display = bool(words)
        self.told.show([Content.styled(words, tone)])

    @property
    def changed_here(self) -> bool:
        """Whether anything stands in the form that the record does not have."""
        return self.form.values() != self._opened_with

    def on_form_panel_changed(self, event: FormPanel.Changed) -> None:
        """Keep a draft at each pause."""
        self._keep()

    def on_screen_suspend(self) -> None:
        """Something comes over the form, the lock perhaps: keep what is typed; not when the form is being closed."""
        if self in self.app.framed() and self.changed_here:
            self._keep()

    def _keep(self) -> None:
        """Write or remove the draft in a thread that outlives the dialog."""
        if self.keeper is None:
            return
        if self.changed_here:
            self.keeper.keep(self.draft_values(self.form.values()))
        elif self._waiting is None:
            self.keeper.forget()

    def draft_values(self, values: Values) -> dict[str, Any]:
        """What of the answers a draft keeps: all but what is secret."""
        plain = {name: value for name, value in values.items() if name not in self.SECRET}
        return plain | {"submission": self.submission}

    def on_unmount(self) -> None:
        """The form goes away with nothing given back: keep at once what no pause has kept yet."""
        if self.form.pending and self.keeper is not None and not self._given_back and self.changed_here:
            self.keeper.keep_now(self.draft_values(self.form.values()))

    def action_leave(self) -> None:
        """Leave; what was typed is offered again the next time."""
        if self.changed_here:
            self._keep()
            self.app.say("form.kept")
        self.dismiss(None)

    def action_start_over(self) -> None:
        """Take the draft that is offered; else throw away what was typed: show the record as it is stored."""
        self._take(self.given if self._waiting is None else self._waiting)
        self._waiting = None
        self.tell("")
        self.form.focus_first()
        self._keep()

    def action_save(self) -> None:
        """Give back what was typed, or say at each field what is wrong."""
        values = self.form.values()
        wrong = self.wrong(values)
        self.form.show_errors(wrong)
        if not wrong:
            self._given_back = True
            self.dismiss(self.entry(values))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter never saves."""
        event.stop()


def saved(desk: Desk, draft: str, values: Values, save: Callable[[], R]) -> R:
    """Save with the draft on the disk until it is done: a kill meanwhile loses nothing."""
    from deskapp.domain.errors import StorageFailed
    from deskapp.services import drafts

    try:
        drafts.keep(desk, draft, values)
    except StorageFailed:
        pass
    done = save()
    drafts.forget(desk, draft)
    return done
