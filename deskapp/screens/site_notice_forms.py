"""The dialogs of notices: one is written, one is taken back, a handbook is checked; and what filing gave."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual.content import Content
from textual.widget import Widget

from deskapp.domain.address import full_address
from deskapp.domain.errors import RuleBroken
from deskapp.domain.site_notice import KINDS, ROLES, NoticeDraft
from deskapp.i18n import say
from deskapp.i18n.errors import in_words
from deskapp.screens import paint
from deskapp.screens.form_dialog import FormDialog
from deskapp.screens.record_form import Values
from deskapp.screens.site_form import read_area, read_day
from deskapp.screens.site_notice_filed import folded
from deskapp.screens.site_notice_lists import item_word, missing_words
from deskapp.screens.staff_forms import yes_no
from deskapp.services import handbooks
from deskapp.widgets import painting, signs
from deskapp.widgets.form import Choice, ChoiceField, LongField, PickField, TextField
from deskapp.widgets.lines import Lines
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.site_notice import Handbook, HandbookItem, HandbookRow, NoticeRow, SiteNotice
    from deskapp.services.clients import SiteCard
    from deskapp.services.site_notices import FiledNotice, WithdrawnNotice

FOUND = 12
"""Clients found as one types."""


@dataclass(frozen=True, slots=True)
class About:
    """What a new notice is about, as far as that is known."""

    kind: str = "start"
    client_id: int | None = None
    client_name: str = ""
    site: SiteCard | None = None


class NoticeDialog(FormDialog):
    """Whose site, which day, who builds it: a known client is found as one types, a new one is written down."""

    SCREEN_ID, TITLE_CODE, ROWS = "site_notice", "site_notices.form.notice", ("F2", "F3", "S3")
    FIELD_OF: ClassVar = {
        "site_notices.client_missing": "client",
        "site_notices.many_clients": "phones",
        "site_notices.which_site": "address",
        "site_notices.address_missing": "address",
        "site_notices.cancelled": "address",
        "site_notices.day_missing": "day",
        "site_notices.day_early": "day",
        "site_notices.start_ahead": "day",
        "site_notices.completion_ahead": "day",
        "site_notices.completed_first": "day",
        "site_notices.started_after": "day",
    }

    def __init__(self, desk: Desk, about: About) -> None:
        self.about, self.notice_desk = about, desk
        known = _choice(about.client_id, about.client_name, about.site) if about.client_id else None
        super().__init__(
            f"site-notice-{about.client_id or 'new'}",
            {
                "kind": about.kind,
                "client": known.value if known else None,
                "client.text": known.label if known else "",
                "day": desk.local(desk.now()).format("YYYY-MM-DD"),
            },
        )

    @property
    def only_offers(self) -> bool:
        """A draft of another client's notice is only offered."""
        return self.about.client_id is None

    def summary(self, draft: Values) -> str:
        """Whose notice a draft is."""
        return shown(str(draft.get("client.text") or ""))[:30]

    def fields(self) -> Iterable[Widget]:
        """Which notice, whose, where, when, and who builds it."""
        kinds = [
            Choice(kind, say(f"site_notices.kind.{kind}"), key)
            for kind, key in zip(KINDS, _KEYS, strict=True)
        ]
        yield ChoiceField("kind", "site_notices.field.kind", kinds, required=True, advance=True)
        yield PickField(
            "client",
            "site_notices.field.client",
            self._find,
            required=True,
            free=True,
            placeholder_code="site_notices.form.client_hint",
        )
        yield TextField("day", "site_notices.field.day", max_length=20, required=True)
        yield TextField(
            "phones",
            "site_notices.field.phones",
            max_length=60,
            placeholder_code="site_notices.form.phone_hint",
        )
        yield TextField("estate", "site_notices.field.estate", max_length=200)
        yield TextField("address", "site_notices.field.address", max_length=200)
        for role, trade in ROLES.items():
            yield PickField(
                role,
                f"staff.trade.{trade}",
                self._lookup(trade),
                free=True,
                placeholder_code="site_notices.form.new_person",
            )
        yield TextField("crew", "site_notices.field.crew", max_length=200)
        yield TextField(
            "area", "site_notices.field.area", max_length=20, placeholder_code="site.form.area_hint"
        )
        yield LongField("note", "site_notices.field.note", lines=2)

    def ready(self) -> None:
        """Begin with what is not known yet; say what the site is known for."""
        super().ready()
        if self.typed is None:
            self.form.field("day" if self.about.client_id else "client").focus()
        if self.about.site is not None and self.error is None:
            self._known(self.about.site)

    def _find(self, typed: str) -> list[Choice]:
        """The sites of the clients that fit, each with its address; a client without any once."""
        from deskapp.services.clients import site_cards

        with self.notice_desk.read() as work:
            cards = work.search.clients(typed, FOUND)
            sites = work.sites.of_many([card.client.id for card in cards])
            of = {card.client.id: site_cards(work, sites.get(card.client.id, [])[::-1])[:5] for card in cards}
        found = []
        for card in cards:
            client = card.client
            found += [_choice(client.id, client.name, one) for one in of[client.id] or (None,)]
        return found[: 2 * FOUND]

    def _lookup(self, trade: str) -> Callable[[str], list[Choice]]:
        """Who fits, those of the trade first."""
        desk = self.notice_desk

        def find(typed: str) -> list[Choice]:
            with desk.read() as work:
                found = work.staff.finding(typed, desk.local(desk.now()).date(), 20)
            found.sort(key=lambda member: member.trade != trade)
            return [Choice(one.id, shown(one.name), detail=say(f"staff.trade.{one.trade}")) for one in found]

        return find

    def on_pick_field_picked(self, event: PickField.Picked) -> None:
        """A site was picked: say who builds it, so that only what is missing is typed."""
        if event.field.id != "client":
            return
        client_id, site_id = _ids(event.choice.value if event.choice else None)
        if site_id is None:
            self.tell("" if client_id is None else say("site_notices.no_site"), "$warning")
            return
        desk = self.desk

        def read() -> SiteCard:
            from deskapp.services.clients import site_cards

            with desk.read() as work:
                return site_cards(work, [work.sites.find(site_id)])[0]

        self.ask(read, self._known, group="site")

    def _known(self, one: SiteCard) -> None:
        site = one.site
        parts = [say(f"site.stage.{site.stage}"), shown(full_address(site.estate, site.address))]
        parts += [f"{say(f'site.role.{role}')} {shown(name)}" for role, name in one.people]
        parts += [
            f"{say(code)} {day}"
            for code, day in (
                ("site_notices.kind.start", site.start_date),
                ("site_notices.kind.completion", site.completed_on),
            )
            if day
        ]
        self.tell("  ".join(part for part in parts if part), "$text-muted")

    def wrong(self, values: Values) -> dict[str, str]:
        """Days and areas must be read; somebody's site must be named."""
        wrong = super().wrong(values)
        if values["client"] is None and values["client.text"]:
            wrong.pop("client", None)
        for name, read in (("day", read_day), ("area", read_area)):
            try:
                read(values[name])
            except RuleBroken as error:
                wrong[name] = in_words(error)
        site_id = _ids(values["client"])[1]
        if site_id is None and not values["estate"] and not values["address"]:
            wrong.setdefault("address", say("site_notices.address_missing"))
        return wrong

    @staticmethod
    def save(desk: Desk, values: Values) -> FiledNotice:
        """File it."""
        from deskapp.services.site_notices import file_notice

        client_id, site_id = _ids(values["client"])
        typed = site_id is None or bool(values["estate"] or values["address"])
        draft = NoticeDraft(
            kind=values["kind"] or "",
            on_day=read_day(values["day"]),
            client_id=client_id,
            site_id=None if typed else site_id,
            client_name="" if client_id else values["client.text"],
            phones=values["phones"],
            estate=values["estate"],
            address=values["address"],
            area=read_area(values["area"]),
            people={
                role: values[role] or values[f"{role}.text"]
                for role in ROLES
                if values[role] or values[f"{role}.text"]
            },
            crew=values["crew"],
            note=values["note"],
        )
        return file_notice(desk, draft, key=values["submission"])


_KEYS = (("kg", "k", "s"), ("wg", "w", "c"))
"""What may be typed for a start and for a completion."""


def _choice(client_id: int | None, name: str, one: SiteCard | None) -> Choice:
    """A client's site as a choice; its value names both, so that a draft on the disk can hold it."""
    label = paint.client_name(name)
    if one is None:
        return Choice(f"{client_id}:", label, detail=say("site_notices.no_site"))
    where = shown(full_address(one.site.estate, one.site.address))
    detail = say("site_notices.site_choice", address=where, stage=say(f"site.stage.{one.site.stage}"))
    return Choice(f"{client_id}:{one.site.id}", label, detail=detail)


def _ids(value: Any) -> tuple[int | None, int | None]:
    client, _, site = str(value or "").partition(":")
    return int(client) if client else None, int(site) if site else None


class WithdrawNoticeDialog(FormDialog):
    """Why a notice is taken back, and what that does."""

    SCREEN_ID, TITLE_CODE, ROWS = "site_notice_withdraw", "site_notices.withdraw.title", ("F2", "F3")
    FIELD_OF: ClassVar = {"site_notices.reason_missing": "reason"}

    def __init__(self, row: NoticeRow) -> None:
        self.row = row
        self.about = Lines(grow=True)
        super().__init__(f"site-notice-withdraw-{row.notice.id}", {"reason": ""})

    def body(self) -> Iterable[Widget]:
        """What it does, and the reason."""
        yield self.about
        yield from super().body()

    def fields(self) -> Iterable[Widget]:
        """The reason."""
        yield LongField("reason", "site_notices.field.reason", lines=3, required=True)

    def ready(self) -> None:
        """Say whose notice it is and what becomes of the site."""
        row, notice = self.row, self.row.notice
        who = painting.join([Content(paint.client_name(row.client_name)), painting.safe(row.address)])
        what = say(f"site_notices.withdraw.{notice.kind}", number=notice.number)
        self.about.show(folded([who, Content.styled(what, "$warning")]))
        super().ready()

    @staticmethod
    def save(desk: Desk, notice: SiteNotice, values: Values) -> WithdrawnNotice:
        """Take it back."""
        from deskapp.services.site_notices import withdraw_notice

        return withdraw_notice(desk, notice, values["reason"], key=values["submission"])


class ItemField(ChoiceField):
    """Whether one item is in the handbook, by the item's own name."""

    def __init__(self, item: HandbookItem) -> None:
        self.item = item
        code = f"site_notices.item.{item.code}"
        super().__init__(item.code, code, yes_no(), required=True, advance=True)

    @property
    def label(self) -> str:
        """The item in the language in use."""
        return item_word(self.item)


class HandbookDialog(FormDialog):
    """Each item of a handbook: there or not; what is not there is asked for again."""

    SCREEN_ID, TITLE_CODE, ROWS = "handbook", "site_notices.check.title", ("F3",)

    def __init__(self, row: HandbookRow) -> None:
        self.row = row
        self.about = Lines(grow=True)
        checks = row.handbook.checks or {}
        given: dict[str, Any] = {item.code: checks.get(item.code) for item in handbooks.items()}
        super().__init__(f"handbook-{row.handbook.id}", given | {"note": row.handbook.note})

    def body(self) -> Iterable[Widget]:
        """Whose it is, and the items."""
        yield self.about
        yield from super().body()

    def fields(self) -> Iterable[Widget]:
        """The items in their order, and a note."""
        for item in handbooks.items():
            yield ItemField(item)
        yield LongField("note", "site_notices.field.note", lines=2)

    def ready(self) -> None:
        """Say whose it is and what was missing last time."""
        row = self.row
        lines = [
            painting.join(
                [
                    Content.styled(paint.client_name(row.client_name), "bold"),
                    painting.safe(row.address),
                    painting.safe(row.asked_of, "$text-muted"),
                ]
            )
        ]
        missing = missing_words(row.handbook)
        if missing:
            words = say("site_notices.check.was_missing", items=missing)
            lines.append(Content.styled(f"{signs.sign('error')} {words}", "$warning"))
        self.about.show(folded(lines))
        super().ready()

    @staticmethod
    def save(desk: Desk, handbook: Handbook, values: Values) -> Handbook:
        """Keep what was found."""
        checks = {item.code: bool(values[item.code]) for item in handbooks.items()}
        return handbooks.check_handbook(desk, handbook, checks, values["note"], key=values["submission"])
