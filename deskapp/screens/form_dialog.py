"""Forms that are loaded, asked and saved in one go; what is refused comes back to its field with every word kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from deskapp.domain.errors import Conflict, NotAllowed
from deskapp.i18n import say
from deskapp.i18n.errors import in_words
from deskapp.screens.base import Framed
from deskapp.screens.record_form import RecordForm, Typed, Values, saved

L = TypeVar("L")


class FormDialog(RecordForm[Typed]):
    """A form that gives what was typed; an error it came back with stands at the field it is about."""

    DEFAULT_CSS = """
    FormDialog FormPanel { height: auto; max-height: 100%; }
    """
    FIELD_OF: ClassVar[Mapping[str, str]] = {}
    """Which field an error's code is about."""

    def __init__(self, draft: str, given: Values) -> None:
        super().__init__(self.TITLE_CODE, draft, given)
        self.error: Exception | None = None
        """Why it was refused the last time."""

    def wrong(self, values: Values) -> dict[str, str]:
        """What must be there and is not."""
        return {
            name: say("form.missing")
            for name, field in self.form.fields.items()
            if getattr(field, "required", False) and values[name] in (None, "")
        }

    def entry(self, values: Values) -> Typed:
        """What was typed, over what the form had opened with."""
        return Typed(dict(values), self.given, self.submission)

    def ready(self) -> None:
        """Open with the record, or with what was refused and why."""
        super().ready()
        error = self.error
        if error is None or isinstance(error, Conflict):
            return
        field = self.FIELD_OF.get(str(getattr(error, "code", "")))
        if field:
            self.form.show_errors({field: in_words(error)})
        else:
            self.tell(say("form.refused", why=in_words(error)), "$error")


class Editing(Framed):
    """For screens that open form dialogs: load, ask, save; refused or left, nothing typed is lost."""

    def may(self, act: str) -> bool:
        """Whether the operator has the right; says so when not."""
        from deskapp.domain.operator import check_may

        try:
            check_may(self.desk.operator, act)
        except NotAllowed as refused:
            self.app.tell(refused)
            return False
        return True

    def edit(
        self,
        loaded: L,
        make: Callable[[L], FormDialog],
        save: Callable[[L, Values], object],
        reload: Callable[[], L],
        *,
        then: Callable[[Any], object] | None = None,
        typed: Typed | None = None,
        error: Exception | None = None,
    ) -> None:
        """Show a form at once, save what comes back, until that is done or given up; `reload` reads the record anew."""
        edit(self, loaded, make, save, reload, then=then, typed=typed, error=error)


def edit(
    screen: Framed,
    loaded: L,
    make: Callable[[L], FormDialog],
    save: Callable[[L, Values], object],
    reload: Callable[[], L],
    *,
    then: Callable[[Any], object] | None = None,
    typed: Typed | None = None,
    error: Exception | None = None,
) -> None:
    """Show a form over any screen, as `Editing.edit` does."""
    dialog = make(loaded)
    dialog.typed, dialog.error = typed, error
    desk = screen.desk

    def came(answer: Typed | None) -> None:
        if answer is not None:
            kept = dialog.draft_values(answer.values)
            values = {**answer.values, "submission": answer.submission}
            screen.act(
                lambda: saved(desk, dialog.draft, kept, lambda: save(loaded, values)),
                then,
                wrong=lambda wrong: refused(wrong, answer),
            )

    def refused(wrong: Exception, answer: Typed) -> None:
        def again(fresh: L) -> None:
            edit(screen, fresh, make, save, reload, then=then, typed=answer, error=wrong)

        if isinstance(wrong, Conflict):
            screen.app.tell(wrong)
            screen.ask(reload, again, group="edit")
        else:
            again(loaded)

    screen.app.push_screen(dialog, came)
