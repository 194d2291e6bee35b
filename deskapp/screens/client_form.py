"""The dialog a client file is written in; it gives back what was typed and saves nothing (row C3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.record_form import RecordForm, Typed, Values
from deskapp.widgets import painting, signs
from deskapp.widgets.form import Choice, ChoiceField, LongField, TextField
from deskapp.widgets.lines import Lines
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.client import Client, ClientCard
    from deskapp.domain.phone_number import PhoneNumber

MOST_NUMBERS = 400
MOST_ADDRESS = 300
MOST_ADDRESSES = 600
"""Characters of all e-mail addresses of one client."""


@dataclass(frozen=True, slots=True)
class ClientEntry:
    """A client file as typed: the record to save, and every number and address it shall have."""

    client: Client
    phones: str
    typed: Typed
    emails: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the numbers typed are read: each number with the clients who have it already, or why not."""

    numbers: tuple[tuple[PhoneNumber, tuple[ClientCard, ...]], ...] = ()
    wrong: str = ""


class ClientForm(RecordForm[ClientEntry]):
    """Name, numbers, address, note of one client; says how each number is read and who has it already."""

    SCREEN_ID, ROWS = "client_form", ("C3",)
    DEFAULT_CSS = """
    ClientForm #reading { color: $text-muted; }
    """

    def __init__(
        self,
        card: ClientCard | None = None,
        *,
        name: str = "",
        phone: str = "",
        emails: Sequence[str] = (),
        typed: Typed | None = None,
    ) -> None:
        from deskapp.domain.client import Client

        self.client = card.client if card else Client(name=name)
        self.reading = Lines(grow=True, id="reading")
        title, draft = "client.form.new", f"client.new.{phone}"
        if card is not None:
            title, draft = "client.form.edit", f"client.{self.client.id}"
        given = client_values(self.client, card.phones if card else (), phone, emails)
        super().__init__(title, draft, given, typed)

    def fields(self) -> Iterable[Widget]:
        """Who, how to reach them, where, and what else to know."""
        from deskapp.domain.client import MAX_NAME

        yield TextField("name", "client.field.name", max_length=MAX_NAME)
        yield TextField(
            "phones",
            "client.field.phones",
            max_length=MOST_NUMBERS,
            placeholder_code="client.form.phones_hint",
        )
        yield self.reading
        yield TextField(
            "emails",
            "client.field.emails",
            max_length=MOST_ADDRESSES,
            placeholder_code="client.form.emails_hint",
        )
        yield TextField("address", "client.field.address", max_length=MOST_ADDRESS)
        yield ChoiceField("kind", "client.field.kind", _kinds())
        yield ChoiceField("wants_calls", "client.field.wants_calls", _wants())
        yield LongField("note", "client.field.note", lines=4)

    def ready(self) -> None:
        """Open, and read the numbers there are."""
        super().ready()
        self._read_numbers()

    def relabel(self) -> None:
        """Say everything again, the choices too."""
        for name, choices in (("kind", _kinds()), ("wants_calls", _wants())):
            field = self.form.fields.get(name)
            if isinstance(field, ChoiceField):
                field.choices = choices
        super().relabel()

    def suits(self, draft: Values) -> bool:
        """A draft of a new file is offered unless this one was begun for another name."""
        return bool(self.client.id) or self.client.name in ("", draft.get("name"))

    @property
    def only_offers(self) -> bool:
        """The next new file may be another person's."""
        return not self.client.id

    def summary(self, draft: Values) -> str:
        """Whose file was begun."""
        return shown(f"{draft.get('name', '')} {draft.get('phones', '')}".strip()[:40])

    def spoken(self, name: str, value: Any) -> str:
        """An answer in words."""
        if name == "kind":
            return say(f"client.kind.{value}")
        if name == "wants_calls":
            return say("client.wants.yes" if value else "client.wants.no")
        return super().spoken(name, value)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say how the numbers are read while they are typed."""
        if event.input.id == "phones":
            self._read_numbers()

    def _read_numbers(self) -> None:
        desk, typed, own = self.desk, str(self.form.field("phones").read()), self.client.id
        self.ask(
            lambda: read_numbers(desk, typed, own), self._show_reading, group="reading", wrong=lambda _: None
        )

    def _show_reading(self, reading: Reading) -> None:
        lines = [_number_words(number, owners) for number, owners in reading.numbers]
        if reading.wrong:
            lines.append(Content.styled(reading.wrong, "$warning"))
        self.reading.display = bool(lines)
        self.reading.styles.padding = (0, 1, 0, self.form.field("phones").styles.padding.left)
        self.reading.show(lines)

    def wrong(self, values: Values) -> dict[str, str]:
        """A file needs a name or a number, and numbers must be numbers."""
        from deskapp.domain.client import check_client
        from deskapp.domain.errors import RuleBroken
        from deskapp.domain.mail import addresses_of
        from deskapp.domain.phone_number import parse_many
        from deskapp.i18n.errors import in_words

        wrong: dict[str, str] = {}
        try:
            check_client(self._client(values))
        except RuleBroken as error:
            wrong["name"] = in_words(error)
        try:
            parse_many(values["phones"], self.desk.policy.phone_area_code)
        except RuleBroken as error:
            wrong["phones"] = in_words(error)
        try:
            addresses_of(values["emails"])
        except RuleBroken as error:
            wrong["emails"] = in_words(error)
        return wrong

    def entry(self, values: Values) -> ClientEntry:
        """The file as typed."""
        typed = Typed(values, self.given, self.submission)
        return ClientEntry(self._client(values), values["phones"], typed, values["emails"])

    def _client(self, values: Values) -> Client:
        name = values["name"]
        nameless = not name and (bool(values["phones"]) or not self.client.named)
        return replace(
            self.client,
            name=name,
            named=not nameless,
            kind=values["kind"] or "home",
            address=values["address"],
            wants_calls=values["wants_calls"] is not False,
            note=values["note"],
        )


def client_values(
    client: Client, phones: Any = (), phone: str = "", emails: Sequence[str] = ()
) -> dict[str, Any]:
    """A file as answers by field; `phone` is the number of a new one."""
    numbers = [paint.phone(one.normal) or one.raw for one in phones]
    return {
        "name": client.name,
        "phones": ", ".join(numbers) if numbers else paint.phone(phone),
        "emails": ", ".join(emails),
        "kind": client.kind,
        "address": client.address,
        "wants_calls": client.wants_calls,
        "note": client.note,
    }


def read_numbers(desk: Desk, typed: str, own: int) -> Reading:
    """Read the numbers typed and find who else has them."""
    from deskapp.domain.errors import RuleBroken
    from deskapp.domain.phone_number import parse_many
    from deskapp.domain.phone_shown import match_key
    from deskapp.i18n.errors import in_words

    if not typed:
        return Reading()
    try:
        numbers = parse_many(typed, desk.policy.phone_area_code)
    except RuleBroken as error:
        return Reading(wrong=in_words(error))
    with desk.read() as work:
        found = [
            (number, tuple(card for card in work.clients.on_line(match_key(number)) if card.client.id != own))
            for number in numbers
        ]
    return Reading(tuple(found))


def _number_words(number: PhoneNumber, owners: tuple[ClientCard, ...]) -> Content:
    words = [
        Content.styled(f"{signs.sign('met')} {paint.phone(number.normal)}", "$primary"),
        Content.styled(say(f"phone.kind.{number.kind}"), "$text-muted"),
    ]
    if owners:
        names = say("cli.list_comma").join(paint.client_name(card.client.name[:40]) for card in owners[:3])
        words.append(Content.styled(say("client.form.taken", names=names), "$warning"))
    return painting.join(words)


def _kinds() -> list[Choice]:
    return [Choice(kind, say(f"client.kind.{kind}"), (kind[0],)) for kind in ("home", "shop")]


def _wants() -> list[Choice]:
    return [
        Choice(True, say("client.wants.yes"), ("y",)),
        Choice(False, say("client.wants.no"), ("n",)),
    ]
