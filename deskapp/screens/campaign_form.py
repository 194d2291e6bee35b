"""The form of a greeting or notice: its words, its day, whom it is for, and what that comes to (row F5)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from deskapp.domain.campaign import CLIENT_KINDS, COMPLAINT, WARRANTY, Audience, Campaign, audience_of
from deskapp.domain.errors import RuleBroken
from deskapp.domain.site import STAGES
from deskapp.i18n import say
from deskapp.i18n.errors import in_words
from deskapp.screens.campaign_lists import AudienceSource, audience_columns
from deskapp.screens.campaign_words import reach_words
from deskapp.screens.courtesy_advice import AdvisedForm
from deskapp.screens.staff_forms import find_staff, wrong_days
from deskapp.widgets.form import Choice, ChoiceField, FormPanel, LongField, PickField, TextField
from deskapp.widgets.form_several import SeveralField
from deskapp.widgets.lines import Lines
from deskapp.widgets.record_table import RecordTable

if TYPE_CHECKING:
    from datetime import date

    from deskapp.desk import Desk
    from deskapp.screens.record_form import Typed, Values
    from deskapp.services.campaigns import Preview

PEOPLE = ("designer", "manager")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the form begins with: the campaign, and the names of the people its audience speaks of."""

    campaign: Campaign
    designer: str = ""
    manager: str = ""


def load(desk: Desk, campaign: Campaign) -> Loaded:
    """Put names to the people of a campaign's audience; one that is stored is read anew."""
    with desk.read() as work:
        if campaign.id:
            campaign = work.campaigns.find(campaign.id)
        audience = audience_of(campaign.audience)
        people = work.staff.get_many([one for one in (audience.designer_id, audience.manager_id) if one])
    names = {name: people.get(getattr(audience, f"{name}_id") or 0) for name in PEOPLE}
    return Loaded(campaign, **{name: one.name for name, one in names.items() if one is not None})


def _choices(prefix: str, values: Iterable[str]) -> list[Choice]:
    return [Choice(value, label, _short(label)) for value in values for label in (say(f"{prefix}{value}"),)]


def _short(label: str) -> tuple[str, ...]:
    """How a choice beyond the digits is picked: by pinyin initials, in English by those of its words."""
    from deskapp.services.company import initials

    words = re.findall(r"[a-z]+", label.lower())
    if not label.isascii() or not words:
        return initials(label)
    return ("".join(word[0] for word in words) if len(words) > 1 else words[0][:3],)


class CampaignDialog(AdvisedForm):
    """A greeting or a notice being written; what it comes to is counted at each pause in typing."""

    SCREEN_ID, TITLE_CODE, ROWS = "campaign", "campaign.form.title", ("F5",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "leave_out", id="campaign.leave_out"),
        Binding("ctrl+o", "words", id="campaign.words", priority=True),
    ]
    DEFAULT_CSS = """
    CampaignDialog .dialog { width: 96%; max-width: 110; height: 85%; padding: 0 1; }
    CampaignDialog FormPanel { height: 3fr; }
    CampaignDialog #campaign-reach { height: 2fr; border-top: solid $panel; }
    CampaignDialog #campaign-rows { height: 1fr; }
    """
    ADVISED = "text"
    FIELD_OF: ClassVar = {
        "campaign.title_missing": "title",
        "campaign.title_long": "title",
        "campaign.text_missing": "text",
        "campaign.text_long": "text",
        "campaign.hole_unknown": "text",
        "campaign.due_past": "due_on",
        "campaign.quiet_days": "quiet_days",
        "campaign.search_wide": "search",
    }

    def __init__(self, loaded: Loaded) -> None:
        campaign = loaded.campaign
        audience = audience_of(campaign.audience)
        self.campaign = campaign
        self.audience = audience
        self.only, self.without = list(audience.only), list(audience.without)
        self.counted = Lines(grow=True)
        self.rows = RecordTable(audience_columns(), empty_code="campaign.nobody_here", id="campaign-rows")
        given = {
            name: getattr(audience, name)
            for name in ("stages", "warranty", "estate", "kind", "complaint", "search")
        }
        given |= {"quiet_days": str(audience.quiet_days or "")}
        for name in PEOPLE:
            given |= {name: getattr(audience, f"{name}_id"), f"{name}.text": getattr(loaded, name)}
        super().__init__(
            f"campaign-{campaign.id or campaign.kind + campaign.occasion}",
            {
                "occasion": campaign.occasion,
                "title": campaign.title,
                "due_on": str(campaign.due_on),
                "text": campaign.text,
                **given,
            },
        )

    def speaks_of(self) -> tuple[int | None, int | None]:
        """Of nobody alone: the words go to many."""
        return None, None

    def fields(self) -> Iterable[Widget]:
        """What is said and when; then whom it is for."""
        from deskapp.services.campaigns import festivals, templates

        if self.campaign.kind == "greeting":
            occasions = [one.code for one in festivals()]
        else:
            occasions = [one.occasion for one in templates() if one.kind == "notice" and one.occasion]
        yield ChoiceField("occasion", "campaign.field.occasion", _choices("campaign.occasion.", occasions))
        yield TextField("title", "campaign.field.title", max_length=60, required=True)
        yield TextField("due_on", "campaign.field.due_on", max_length=20, required=True,
                        placeholder_code="form.day")  # fmt: skip
        yield LongField("text", "campaign.field.text", lines=3, required=True)
        yield SeveralField("stages", "campaign.field.stages", _choices("site.stage.", STAGES))
        yield ChoiceField("warranty", "campaign.field.warranty", _choices("campaign.warranty.", WARRANTY))
        yield ChoiceField("kind", "campaign.field.kind", _choices("client.kind.", CLIENT_KINDS))
        yield ChoiceField("complaint", "campaign.field.complaint", _choices("campaign.complaint.", COMPLAINT))
        yield TextField("estate", "campaign.field.estate", max_length=40)
        yield TextField("quiet_days", "campaign.field.quiet_days", max_length=4)
        for name in PEOPLE:
            yield PickField(name, f"campaign.field.{name}", lambda typed: find_staff(self.desk, typed))
        yield TextField("search", "campaign.field.search", max_length=60)
        yield PickField("add", "campaign.field.add", lambda typed: find_clients(self.desk, typed))

    def body(self) -> Iterable[Widget]:
        """The form, and beneath it whom the audience comes to."""
        yield from super().body()
        yield Vertical(self.counted, self.rows, id="campaign-reach")

    def ready(self) -> None:
        """Open with the campaign, and count."""
        super().ready()
        self._count()

    def on_form_panel_changed(self, event: FormPanel.Changed) -> None:
        """Count anew at each pause; the form itself keeps its draft."""
        self._count()

    def on_choice_field_changed(self, event: ChoiceField.Changed) -> None:
        """Another occasion brings its own words, as long as nobody has written others."""
        if event.field.id == "occasion" and self._wrote_nothing():
            self._put_words()

    def on_pick_field_picked(self, event: PickField.Picked) -> None:
        """A client picked by name is one of those meant; the field is free for the next."""
        field = event.field
        if field.id != "add" or field.read() is None:
            return
        client_id = int(field.read())
        if client_id not in self.only:
            self.only.append(client_id)
        if client_id in self.without:
            self.without.remove(client_id)
        field.fill(None)
        field.focus()
        self._keep()
        self._count()

    def _wrote_nothing(self) -> bool:
        """Whether title and words are a template's."""
        from deskapp.services.campaigns import templates

        values = self.form.values()
        known = {one.text for one in templates()} | {""}
        return values["text"] in known

    def action_words(self) -> None:
        """Take the words of the occasion, whatever is written."""
        self._put_words()

    def _put_words(self) -> None:
        from deskapp.services.campaigns import template_of

        code = self.form.values()["occasion"] or ""
        words = template_of(self.campaign.kind, code)
        self.form.fill({"title": words.title, "text": words.text})

    def _count(self) -> None:
        """Ask whom what stands in the form comes to."""
        try:
            audience, due_on = self._audience(self.form.values()), _day(self.form.values()["due_on"])
        except RuleBroken as error:
            self.counted.show([Content.styled(in_words(error), "$error")])
            return
        from deskapp.services.campaigns import preview

        desk, own = self.desk, self.campaign.id
        day = due_on or self.campaign.due_on
        self.ask(
            lambda: preview(desk, audience, day, own),
            lambda found: self._counted(found, audience, day),
            group="reach",
            wrong=lambda error: self.counted.show([Content.styled(in_words(error), "$error")]),
        )

    def _counted(self, found: Preview, audience: Audience, due_on: date) -> None:
        self.counted.show(self._named() + reach_words(found.reach))
        source = self.rows.source
        if isinstance(source, AudienceSource) and (source.audience, source.due_on) == (audience, due_on):
            self.rows.refresh_rows()
        else:
            self.rows.source = AudienceSource(self.desk, audience, due_on, self.campaign.id)

    def _named(self) -> list[Content]:
        parts = []
        if self.only:
            parts.append(say("campaign.named", count=len(self.only)))
        if self.without:
            parts.append(say("campaign.left_out", count=len(self.without)))
        return [Content.styled("  ".join(parts), "$secondary")] if parts else []

    def action_leave_out(self) -> None:
        """Leave the client under the cursor out."""
        row = self.rows.selected
        if self.focused is self.rows and row is not None:
            self.without.append(row.card.client.id)
            self._keep()
            self._count()

    def _audience(self, values: Values) -> Audience:
        """Whom what stands in the form means."""
        return audience_in({**values, **self._named_ids()})

    def _named_ids(self) -> dict[str, Any]:
        return {"only": list(self.only), "without": list(self.without)}

    @property
    def changed_here(self) -> bool:
        """Whether anything differs, clients named or left out among it."""
        ids = self._named_ids()
        stored = {"only": list(self.audience.only), "without": list(self.audience.without)}
        return super().changed_here or ids != stored

    def draft_values(self, values: Values) -> dict[str, Any]:
        """A draft keeps who was named and left out too."""
        return super().draft_values(values) | self._named_ids()

    def _take(self, draft: Values) -> None:
        self._take_ids(draft)
        super()._take(draft)
        self._count()

    def _take_ids(self, values: Values) -> None:
        self.only = list(values.get("only", self.audience.only))
        self.without = list(values.get("without", self.audience.without))

    def _again(self, typed: Typed) -> None:
        self._take_ids(typed.values)
        super()._again(typed)

    def wrong(self, values: Values) -> dict[str, str]:
        """Days must be days, and staff must be known."""
        errors = super().wrong(values) | wrong_days(values, ("due_on",))
        for name in PEOPLE:
            if values[f"{name}.text"] and values[name] is None:
                errors[name] = say("campaign.staff_unknown")
        return errors

    def entry(self, values: Values) -> Typed:
        """What was typed, with who was named and left out."""
        return super().entry({**values, **self._named_ids()})

    @staticmethod
    def save(desk: Desk, loaded: Loaded, values: Values) -> Campaign:
        """Store the draft."""
        from deskapp.services import campaigns

        campaign = loaded.campaign
        changed = replace(
            campaign,
            occasion=values["occasion"] or "",
            title=values["title"],
            text=values["text"],
            due_on=_day(values["due_on"]) or campaign.due_on,
            audience=audience_in(values).to_json(),
        )
        return campaigns.save(desk, changed, key=values.get("submission", ""))


def audience_in(values: Values) -> Audience:
    """Read an audience out of a form's answers."""
    quiet = str(values["quiet_days"]).strip()
    if quiet and not (quiet.isascii() and quiet.isdigit()):
        raise RuleBroken("campaign.quiet_days", most=3650)
    return Audience(
        stages=tuple(values["stages"]),
        warranty=values["warranty"] or "",
        estate=values["estate"],
        designer_id=values["designer"],
        manager_id=values["manager"],
        kind=values["kind"] or "",
        quiet_days=int(quiet or 0),
        complaint=values["complaint"] or "",
        search=values["search"],
        only=tuple(values["only"]),
        without=tuple(values["without"]),
    )


def _day(text: str) -> date | None:
    from deskapp.domain.import_dates import parse_date

    return parse_date(text) if text else None


def find_clients(desk: Desk, typed: str) -> list[Choice]:
    """Clients by part of a name, number or address; runs in a thread."""
    with desk.read() as work:
        return [
            Choice(card.client.id, card.client.name or say("client.unnamed"), detail=card.address)
            for card in work.search.clients(typed, 8)
        ]
