"""How each machine's ear for a telephone system stands, in lines beside its settings (row C5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from deskapp.i18n import knows, say
from deskapp.screens import paint
from deskapp.widgets import signs
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.repository.pbx_links import PbxLink

KINDS = ("asterisk", "cti")
"""The sections with an ear at the machines."""


def read_links(desk: Desk) -> dict[str, list[PbxLink]]:
    """Every machine's ears, by section."""
    from deskapp.services import links

    return {kind: links.listed(desk, kind) for kind in KINDS}


def link_lines(desk: Desk, kind: str, links: Sequence[PbxLink]) -> list[Content]:
    """A line a machine: how it stands and since when, what is wrong, when anything was heard last."""
    if kind not in KINDS:
        return []
    if not links:
        return [Content.styled(say("outside.link.none"), "$text-muted")]
    return [_line(desk, kind, one) for one in links]


def _line(desk: Desk, kind: str, link: PbxLink) -> Content:
    from deskapp.services.links import WELL, is_silent

    silent = is_silent(link, desk.now())
    well = link.state in WELL and not silent
    state = say("outside.link.gone") if silent else say(f"outside.link.state.{link.state}")
    why = say(link.error) if knows(link.error) else shown(link.error)
    heard = paint.when(desk, link.heard_at)
    event = "outside.link.event" if kind == "cti" else "outside.link.heard"
    parts = [
        say("outside.link.since", state=state, at=paint.when(desk, link.begun_at)) if not silent else state,
        why if not well else "",
        say(event, at=heard) if heard else say("outside.link.never") if well else "",
    ]
    mark, tone = ("met", "$success") if well else ("error", "$error")
    words = " \u00b7 ".join(part for part in parts if part)
    return Content.assemble(
        (f"{signs.sign(mark)} ", tone), (f"{shown(link.name)}  ", "bold"), (words, "" if well else tone)
    )
