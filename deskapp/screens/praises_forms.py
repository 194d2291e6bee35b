"""The forms of praise and evaluation: who was praised, what a form came back with, to whom a month's forms go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.domain.praise import TRADES
from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.base import DeskDialog, Framed, Panel
from deskapp.screens.call_result import people_choices
from deskapp.screens.form_dialog import FormDialog, edit
from deskapp.screens.record_form import Values
from deskapp.screens.staff_forms import wrong_days
from deskapp.screens.ticket_form_fields import ClientLookup
from deskapp.widgets.form import Choice, LongField, PickField, TextField
from deskapp.widgets.form_score import ScoreField
from deskapp.widgets.lines import Lines
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from datetime import date

    from deskapp.desk import Desk
    from deskapp.domain.praise import Evaluation, Praise
    from deskapp.domain.site import Site
    from deskapp.domain.staff import StaffMember
    from deskapp.services.followup_calls import Person

SHOWN = 8
"""Sites a month's forms go to that are named before they are sent."""


@dataclass(frozen=True, slots=True)
class PraiseFacts:
    """What the form of a praise opens with."""

    praise: Praise
    staff: Sequence[StaffMember] = ()
    people: tuple[Person, ...] = ()
    client: str = ""
    praised: str = ""


def read_praise(desk: Desk, praise: Praise) -> PraiseFacts:
    """Read what the form of a praise needs."""
    from deskapp.services.calls import newest_site
    from deskapp.services.followup_calls import people_of

    with desk.read() as work:
        client = work.clients.get(praise.client_id)
        if not praise.id and praise.client_id and praise.site_id is None:
            praise = replace(praise, site_id=newest_site(work, praise.client_id))
        everybody = work.staff.all()
        people = people_of(work, praise.site_id)
    named = next((one.name for one in everybody if one.id == praise.staff_id), "")
    here = [one for one in everybody if one.left_on is None]
    return PraiseFacts(praise, here, people, client.name if client else "", named)


class PraiseDialog(FormDialog):
    """Who was praised by whom, in which words."""

    SCREEN_ID, TITLE_CODE, ROWS = "praise", "praise.form.title", ("A3",)
    FIELD_OF: ClassVar[Mapping[str, str]] = {"praise.nobody": "praised", "praise.words_long": "words"}

    def __init__(self, facts: PraiseFacts) -> None:
        self.facts = facts
        praise = facts.praise
        given = {
            "praised": praise.staff_id or None,
            "praised.text": facts.praised,
            "words": praise.words,
            "who": praise.client_id,
            "who.text": facts.client,
        }
        super().__init__(f"praise-{praise.id or f'of-{praise.client_id or 0}'}", given)

    def fields(self) -> Iterable[Widget]:
        """Whom, who says so, and the words."""
        praised = PickField(
            "praised",
            "followup_call.praised",
            self._people,
            required=True,
            placeholder_code="followup_call.praised_hint",
        )
        yield praised
        if not self.facts.praise.client_id or self.facts.praise.id:
            yield PickField("who", "praise.form.client", placeholder_code="complaint.who_hint")
        yield LongField("words", "praise.form.words", lines=4)

    def ready(self) -> None:
        """Open; clients are found as they are typed."""
        super().ready()
        who = self.form.fields.get("who")
        if isinstance(who, PickField):
            who.lookup = ClientLookup(self.desk)
        elif self.facts.client:
            self.query_one(".dialog", Panel).whisper(self.facts.client)

    def _people(self, typed: str) -> list[Choice]:
        return people_choices(self.facts.people, self.facts.staff, typed)

    def wrong(self, values: Values) -> dict[str, str]:
        """Somebody of the list is praised, and a client of the files says so."""
        wrong = super().wrong(values)
        if values["praised"] is None:
            wrong["praised"] = say("followup_call.whom")
        if values.get("who") is None and values.get("who.text"):
            wrong["who"] = say("praise.form.no_client")
        return wrong

    def praise(self, values: Values) -> Praise:
        """The praise as typed."""
        before = self.facts.praise
        client_id = values.get("who", before.client_id)
        same = client_id == before.client_id
        return replace(
            before,
            staff_id=values["praised"],
            words=values["words"],
            client_id=client_id,
            site_id=before.site_id if same else None,
        )


def ask_praise(screen: Framed, praise: Praise) -> None:
    """Write a praise down, or change one not reported yet."""
    from deskapp.services import praises

    desk = screen.desk
    made: list[PraiseDialog] = []

    def make(facts: PraiseFacts) -> PraiseDialog:
        made.append(PraiseDialog(facts))
        return made[-1]

    def save(_facts: PraiseFacts, values: Values) -> object:
        typed = made[-1].praise(values)
        return praises.save(desk, typed) if typed.id else praises.add(desk, typed, key=values["submission"])

    def reload() -> PraiseFacts:
        with desk.read() as work:
            fresh = work.praises.find(praise.id) if praise.id else praise
        return read_praise(desk, fresh)

    def opened(facts: PraiseFacts) -> None:
        edit(screen, facts, make, save, reload, then=lambda _: screen.app.say("praise.saved"))

    screen.ask(lambda: read_praise(desk, praise), opened, group="edit")


@dataclass(frozen=True, slots=True)
class FormFacts:
    """What the form of a return opens with: the evaluation, whose it is, who works there, the scores entered."""

    evaluation: Evaluation
    client: str = ""
    address: str = ""
    people: tuple[Person, ...] = ()
    scores: Mapping[str, int] | None = None
    today: str = ""


def read_form(desk: Desk, evaluation: Evaluation) -> FormFacts:
    """Read what the form of a return needs."""
    from deskapp.domain.address import full_address
    from deskapp.services.evaluations import scores_of
    from deskapp.services.followup_calls import people_of

    with desk.read() as work:
        client, site = work.clients.get(evaluation.client_id), work.sites.get(evaluation.site_id)
        people = people_of(work, evaluation.site_id)
    address = full_address(site.estate, site.address) if site else ""
    today = desk.local(desk.now()).format("YYYY-MM-DD")
    return FormFacts(
        evaluation, client.name if client else "", address, people, scores_of(desk, evaluation), today
    )


class ReturnDialog(FormDialog):
    """What an evaluation form came back with: a score for each trade of the site, and the client's words."""

    SCREEN_ID, TITLE_CODE, ROWS = "evaluation", "praise.back.title", ("A4",)
    FIELD_OF: ClassVar[Mapping[str, str]] = {
        "praise.return_later": "returned_on",
        "praise.return_before": "returned_on",
        "praise.words_long": "words",
    }

    def __init__(self, facts: FormFacts) -> None:
        self.facts = facts
        one = facts.evaluation
        given: dict[str, Any] = {f"trade-{trade}": score for trade, score in (facts.scores or {}).items()}
        given |= {"words": one.words, "returned_on": str(one.returned_on or facts.today)}
        super().__init__(f"evaluation-{one.id or f'of-{one.site_id}'}", given)

    @property
    def trades(self) -> tuple[str, ...]:
        """The trades the site has; all of them where nobody was written down."""
        there = {person.trade for person in self.facts.people} | set(self.facts.scores or {})
        return tuple(trade for trade in TRADES if trade in there) or TRADES

    def fields(self) -> Iterable[Widget]:
        """A digit for each trade, the words, the day it came back."""
        names = {person.trade: person.name for person in self.facts.people}
        for trade in self.trades:
            yield ScoreField(f"trade-{trade}", f"staff.trade.{trade}", who=names.get(trade, ""))
        yield LongField("words", "praise.back.words", lines=3)
        yield TextField("returned_on", "praise.back.day", max_length=30)

    def ready(self) -> None:
        """Say whose form it is."""
        super().ready()
        who = f"{paint.client_name(self.facts.client)}  {shown(self.facts.address)}"
        self.query_one(".dialog", Panel).whisper(who)

    def wrong(self, values: Values) -> dict[str, str]:
        """The day must be one."""
        return wrong_days(values, ["returned_on"])

    def scores(self, values: Values) -> dict[str, int]:
        """The scores given, by trade."""
        found = {trade: values.get(f"trade-{trade}") for trade in self.trades}
        return {trade: score for trade, score in found.items() if score}


def ask_return(screen: Framed, evaluation: Evaluation) -> None:
    """Enter what a form came back with, or correct it."""
    from deskapp.domain.import_dates import parse_date
    from deskapp.services import evaluations

    desk = screen.desk
    made: list[ReturnDialog] = []

    def make(facts: FormFacts) -> ReturnDialog:
        made.append(ReturnDialog(facts))
        return made[-1]

    def save(facts: FormFacts, values: Values) -> object:
        day: date | None = parse_date(values["returned_on"]) if values["returned_on"] else None
        scores = made[-1].scores(values)
        return evaluations.give_back(
            desk, facts.evaluation, scores, values["words"], day, key=values["submission"]
        )

    def reload() -> FormFacts:
        with desk.read() as work:
            fresh = work.evaluations.find(evaluation.id) if evaluation.id else evaluation
        return read_form(desk, fresh)

    def opened(facts: FormFacts) -> None:
        edit(screen, facts, make, save, reload, then=lambda _: screen.app.say("praise.back.saved"))

    screen.ask(lambda: read_form(desk, evaluation), opened, group="edit")


class SendDialog(DeskDialog[bool]):
    """To whom a month's forms go; y marks them as sent today."""

    SCREEN_ID, TITLE_CODE, ROWS = "evaluations_send", "praise.send.title", ("A4",)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "yes", id="evaluations_send.yes")]

    def __init__(self, month: date, sites: Sequence[Site], names: Mapping[int, str]) -> None:
        super().__init__()
        self.month, self.sites, self.names = month, tuple(sites), dict(names)

    def body(self) -> Iterable[Widget]:
        """How many, and the first of them."""
        from deskapp.domain.address import full_address

        lines = [Content(say("praise.send.ask", count=len(self.sites), month=f"{self.month:%Y-%m}"))]
        for site in self.sites[:SHOWN]:
            where = shown(full_address(site.estate, site.address))
            lines.append(
                Content.assemble(
                    (f"{site.completed_on or ''}  ", "$text-muted"),
                    paint.client_name(self.names.get(site.client_id, "")),
                    (f"  {where}", "$text-muted"),
                )
            )
        if len(self.sites) > SHOWN:
            lines.append(
                Content.styled(say("praise.send.more", count=len(self.sites) - SHOWN), "$text-muted")
            )
        yield Lines([*lines, Content(""), Content(say("praise.send.how"))], grow=True)

    def action_yes(self) -> None:
        """They are sent."""
        self.dismiss(True)


def ask_send(screen: Framed, month: date, then: Callable[[], object]) -> None:
    """Show to whom a month's forms go, and mark them as sent."""
    from deskapp.services import evaluations

    desk = screen.desk

    def read() -> tuple[list[Site], dict[int, str]]:
        sites = evaluations.proposed(desk, month)
        with desk.read() as work:
            clients = work.clients.get_many(site.client_id for site in sites)
        return sites, {one.id: one.name for one in clients.values()}

    def asked(found: tuple[list[Site], dict[int, str]]) -> None:
        if not found[0]:
            screen.app.say("praise.send.none", month=f"{month:%Y-%m}")
            return
        screen.app.push_screen(SendDialog(month, *found), send)

    def send(yes: bool | None) -> None:
        if yes:
            screen.act(lambda: evaluations.send_batch(desk, month), sent)

    def sent(forms: Sequence[Evaluation]) -> None:
        screen.app.say("praise.send.done", count=len(forms))
        then()

    screen.ask(read, asked, group="send")
