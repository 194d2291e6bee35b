"""The forms of a handoff: what is asked of whom until when, and what they answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual.content import Content
from textual.widget import Widget

from deskapp.domain.errors import RuleBroken
from deskapp.domain.handoff import STATUSES, TOPICS, Answer, days_allowed
from deskapp.i18n import say
from deskapp.i18n.errors import in_words
from deskapp.screens import paint
from deskapp.screens.answerers import Answerers, answer_of
from deskapp.screens.form_dialog import FormDialog, edit
from deskapp.screens.handoff_view import handoff_words
from deskapp.screens.record_form import Values
from deskapp.screens.site_form import read_day
from deskapp.screens.staff_forms import yes_no
from deskapp.screens.ticket_form_fields import ClientLookup, client_choice, first_line, read_due, typed_due
from deskapp.widgets import painting
from deskapp.widgets.form import Choice, ChoiceField, LongField, PickField, TextField
from deskapp.widgets.lines import Lines

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.client import ClientCard
    from deskapp.domain.handoff import HandoffRow
    from deskapp.domain.ticket import Ticket
    from deskapp.screens.base import Framed


@dataclass(frozen=True, slots=True)
class About:
    """Whom a new handoff is about, when that is known."""

    card: ClientCard | None = None
    site_id: int | None = None


class HandoffDialog(FormDialog):
    """What is asked of which department or person about a client, and by when."""

    SCREEN_ID, TITLE_CODE, ROWS = "handoff_new", "handoff.ask.title", ("T14",)
    FIELD_OF: ClassVar = {
        "handoff.client_missing": "client",
        "handoff.nobody": "answers",
        "handoff.due_missing": "due",
    }

    def __init__(self, desk: Desk, about: About) -> None:
        self.about = about
        self.clients, self.answerers = ClientLookup(desk), Answerers(desk)
        self._proposed = self._due(desk, TOPICS[0])
        card = client_choice(desk, about.card) if about.card else None
        given = {
            "client": card.value if card else None,
            "client.text": card.label if card else "",
            "topic": TOPICS[0],
            "due": self._proposed,
        }
        super().__init__(f"handoff-{about.card.client.id if about.card else 'new'}", given)

    @staticmethod
    def _due(desk: Desk, topic: str) -> str:
        from deskapp.domain.time_words import day_end

        days = days_allowed(topic, desk.policy)
        return typed_due(desk, day_end(desk.now(), days, desk.policy.timezone))

    def fields(self) -> Iterable[Widget]:
        """Whose, what about, who answers, what is asked, by when."""
        topics = [Choice(topic, say(f"handoff.topic.{topic}")) for topic in TOPICS]
        yield PickField(
            "client",
            "handoff.field.client",
            self.clients,
            required=True,
            placeholder_code="handoff.client_hint",
        )
        yield ChoiceField("topic", "handoff.field.topic", topics, required=True, advance=True)
        yield PickField(
            "answers",
            "handoff.field.answers",
            self.answerers,
            required=True,
            placeholder_code="handoff.answers_hint",
        )
        yield LongField("words", "handoff.field.words", lines=4, required=True)
        yield TextField(
            "due", "handoff.field.due", max_length=20, required=True, placeholder_code="handoff.due_hint"
        )

    def ready(self) -> None:
        """Begin with what is not known yet."""
        super().ready()
        if self.about.card is not None and self.typed is None:
            self.form.field("topic").focus()

    def on_choice_field_changed(self, message: ChoiceField.Changed) -> None:
        """Propose the deadline of the topic, unless another was typed."""
        due = self.form.field("due")
        if message.field is self.form.field("topic") and due.read() == self._proposed:
            self._proposed = self._due(self.desk, str(message.value or TOPICS[0]))
            due.fill(self._proposed)

    def wrong(self, values: Values) -> dict[str, str]:
        """Client and answerer are picked, the deadline is to come."""
        return super().wrong(values) | wrong_to_ask(self.desk, values)

    @staticmethod
    def save(desk: Desk, about: About, values: Values) -> Ticket:
        """Ask it."""
        from deskapp.domain.ticket import Draft
        from deskapp.services import handoffs

        department_id, responsible_id = answer_of(values["answers"])
        same = about.card is not None and about.card.client.id == values["client"]
        draft = Draft(
            client_id=values["client"],
            site_id=about.site_id if same else None,
            subject=first_line(values["words"]),
            description=values["words"],
            department_id=department_id,
            responsible_id=responsible_id,
            own_due_at=read_due(desk, values["due"]),
        )
        return handoffs.file(desk, draft, values["topic"], key=values["submission"]).ticket


def wrong_to_ask(desk: Desk, values: Values) -> dict[str, str]:
    """What is wrong with what a department is asked: a client or answerer that is typed, not picked; a due time."""
    wrong = {
        name: say(code)
        for name, code in (("client", "handoff.no_client"), ("answers", "handoff.no_answerer"))
        if values[name] is None and values[f"{name}.text"]
    }
    if values["due"] and read_due(desk, values["due"]) is None:
        wrong["due"] = say("handoff.due_wrong")
    return wrong


class AnswerDialog(FormDialog):
    """What was answered and by whom; a refund says how it stands, and whether the client is to be called."""

    SCREEN_ID, TITLE_CODE, ROWS = "handoff_answer", "handoff.answer.title", ("T14",)
    FIELD_OF: ClassVar = {
        "handoff.words_missing": "words",
        "handoff.status_missing": "status",
        "handoff.paid_on_missing": "paid_on",
        "handoff.paid_later": "paid_on",
    }

    def __init__(self, row: HandoffRow) -> None:
        self.row = row
        self.asked = Lines(grow=True)
        self.is_refund = row.state.topic == "refund"
        who = row.state.who or row.row.responsible
        given: dict[str, Any] = {"who": who, "words": "", "call_back": self.is_refund}
        if self.is_refund:
            given |= {"status": None, "paid_on": ""}
        super().__init__(f"answer-{row.ticket.id}", given)

    def body(self) -> Iterable[Widget]:
        """What was asked, and the fields."""
        yield self.asked
        yield from super().body()

    def fields(self) -> Iterable[Widget]:
        """How the refund stands, who said what, and whether the client is told."""
        if self.is_refund:
            stands = [Choice(status, say(f"handoff.choice.{status}")) for status in STATUSES[1:]]
            yield ChoiceField("status", "handoff.field.status", stands, required=True, advance=True)
            yield TextField(
                "paid_on", "handoff.field.paid_on", max_length=20, placeholder_code="handoff.day_hint"
            )
        yield TextField("who", "handoff.field.who", max_length=60)
        yield LongField("words", "handoff.field.answer", lines=4)
        yield ChoiceField("call_back", "handoff.field.call_back", yes_no())

    def ready(self) -> None:
        """Say what was asked."""
        row = self.row
        self.asked.show(
            [
                painting.join(
                    [
                        painting.safe(row.ticket.number, "$primary"),
                        Content(paint.client_name(row.row.client_name)),
                        Content.styled(handoff_words(row.state), "$warning"),
                    ]
                ),
                painting.safe(row.ticket.subject),
            ]
        )
        super().ready()

    def wrong(self, values: Values) -> dict[str, str]:
        """What an answer of its kind needs."""
        from deskapp.domain.handoff import answered

        wrong = super().wrong(values)
        try:
            answered(self.row.state, _answer(self.desk, values), self.desk.local(self.desk.now()).date())
        except RuleBroken as error:
            wrong.setdefault(self.FIELD_OF.get(error.code, "paid_on"), in_words(error))
        return wrong

    @staticmethod
    def save(desk: Desk, row: HandoffRow, values: Values) -> Ticket:
        """Keep it."""
        from deskapp.services import handoffs

        return handoffs.answer(desk, row, _answer(desk, values), key=values["submission"])


def _answer(desk: Desk, values: Values) -> Answer:
    """What the form holds; a refund paid on no day named was paid today."""
    status = values.get("status") or ""
    paid_on = read_day(values.get("paid_on") or "") if status == "paid" else None
    if status == "paid" and paid_on is None:
        paid_on = desk.local(desk.now()).date()
    return Answer(values["words"], values["who"], status, paid_on, bool(values["call_back"]))


def ask(screen: Framed, client_id: int | None, site_id: int | None = None) -> None:
    """Ask a department something, from any screen; about a client when one is named."""
    desk = screen.desk

    def read() -> About:
        with desk.read() as work:
            cards = work.clients.cards([client_id]) if client_id else []
        return About(cards[0] if cards else None, site_id)

    def opened(about: About) -> None:
        edit(
            screen,
            about,
            lambda loaded: HandoffDialog(desk, loaded),
            lambda loaded, values: HandoffDialog.save(desk, loaded, values),
            read,
            then=lambda ticket: screen.app.say(
                "handoff.asked", number=ticket.number, when=paint.when(desk, ticket.due_at)
            ),
        )

    screen.ask(read, opened, group="handoff")


def answer(screen: Framed, ticket_id: int) -> None:
    """Record what was answered, from any screen."""
    from deskapp.services import handoffs

    desk = screen.desk

    def opened(row: HandoffRow) -> None:
        if not row.ticket.is_open:
            screen.app.say("handoff.over")
            return
        edit(
            screen,
            row,
            AnswerDialog,
            lambda seen, values: AnswerDialog.save(desk, seen, values),
            lambda: handoffs.read(desk, ticket_id),
            then=lambda ticket: screen.app.say("handoff.answered", number=ticket.number),
        )

    screen.ask(lambda: handoffs.read(desk, ticket_id), opened, group="handoff")
