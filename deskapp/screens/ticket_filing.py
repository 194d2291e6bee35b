"""Ctrl+S on the complaint form: filed with its number at once, or kept to be filed when the database is back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from deskapp.domain.article import About
from deskapp.i18n import say
from deskapp.screens import ticket_form_fields as fields
from deskapp.screens.base import Framed
from deskapp.screens.draft_keeper import DraftKeeper
from deskapp.screens.outgoing import OutgoingDialog
from deskapp.screens.ticket_filed import FiledDialog
from deskapp.widgets.form import FormPanel, PickField

if TYPE_CHECKING:
    from deskapp.domain.mass_complaint import MassComplaint
    from deskapp.domain.rows import TicketRow
    from deskapp.services.intake import Outlook
    from deskapp.services.tickets import Filed


class Filing(Framed):
    """Hands over what a complaint form holds, once however often the key is pressed."""

    form: FormPanel
    outlook: Outlook | None
    client_id: int | None
    call_id: int | None
    submission: str
    kind: str
    decided: bool
    joins: bool
    """Whether it is filed into the mass complaint that others alike are part of."""
    keeper: DraftKeeper | None
    _filing: bool
    _left: bool

    def _keep(self, *, now: bool = False) -> bool:
        raise NotImplementedError

    def _draft_values(self) -> dict[str, Any]:
        raise NotImplementedError

    def _leave(self) -> None:
        raise NotImplementedError

    def _show(self, outlook: Outlook) -> None:
        raise NotImplementedError

    def article_about(self) -> About:
        """What articles should fit: the caller's words and the category."""
        values = self.form.values()
        text = f"{values.get('subject') or ''} {values.get('words') or ''}"
        return About(text, values.get("category"), None, self.call_id)

    def action_join(self) -> None:
        """File it into the mass complaint that others alike are part of, or by itself."""
        self.joins = not self.joins
        if self.outlook is not None:
            self._show(self.outlook)

    @property
    def joinable(self) -> MassComplaint | None:
        """The mass complaint that others alike are part of."""
        alike = self.outlook.alike if self.outlook else None
        return alike.mass if alike else None

    def action_file(self) -> None:
        """File the complaint, once however often the key is pressed."""
        from deskapp.services import outgoing

        if self._filing or self._left:
            return
        values = self.form.values()
        due = fields.read_due(self.desk, values["due"])
        draft = fields.to_draft(values, self.client_id, self.call_id, self.submission, self.kind, due)
        draft = replace(draft, appointment_at=fields.read_due(self.desk, values.get("appointment") or ""))
        if self.joins and self.joinable is not None:
            draft = replace(draft, mass_id=self.joinable.id)
        answers = self.form.field("answers")
        assert isinstance(answers, PickField)
        if answers.text and answers.read() is None:
            self.form.show_errors({"answers": say("complaint.nobody_called_so")})
            return
        if wrong := fields.wrong_times(self.desk, values):
            self.form.show_errors(wrong)
            return
        if self._is_lacking(draft):
            return
        self._keep()
        self._filing = True
        file = self.outlook.file if self.outlook else None
        name = file.card.client.name if file else values["who.text"]
        about = " ".join(part for part in (name, draft.subject) if part)[:60]
        form, typed = fields.DRAFTS + self.submission, self._draft_values()
        one = outgoing.filing(self.desk, draft, decided=self.decided, about=about, form=form, typed=typed)
        self.app.tray.submit(self, one, self._filed, kept=self._waits, wrong=self._refused)

    def _is_lacking(self, draft: Any) -> bool:
        """Say what is missing at its field before anything is sent: it may be sent when nobody sits here."""
        from deskapp.domain.errors import RuleBroken
        from deskapp.services.intake import check

        try:
            check(self.desk, draft)
        except RuleBroken as error:
            self._refused(error)
            return True
        return False

    def _refused(self, error: Exception) -> None:
        """Say what is wrong where it belongs; everything typed stays, and its draft too."""
        self._filing = False
        marked = fields.errors_of(error)
        if marked:
            self.form.show_errors(marked)
        else:
            self.app.tell(error)

    def _over(self) -> None:
        if self.keeper is not None:
            self.keeper.forget(close=True)
        self._leave()

    def _waits(self) -> None:
        """It waits on this desk's disk: the form closes as if it were filed."""
        self._over()
        self.app.push_screen(OutgoingDialog())

    def _filed(self, done: tuple[Filed, TicketRow]) -> None:
        filed, row = done
        self._over()
        app, number = self.app, row.ticket.id
        app.push_screen(
            FiledDialog(row, filed.again, self.outlook.alike if self.outlook else None),
            lambda chosen: app.open_ticket(number) if chosen else None,
        )
