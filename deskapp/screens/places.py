"""Where the F-keys go, the one complaint form kept for the whole day, and how a ringing call is taken."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from deskapp.screens.base import Framed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from deskapp.app import DeskApp
    from deskapp.desk import Desk
    from deskapp.screens.known import Known


def _in(path: str) -> Callable[[], Any]:
    """A screen by its module and class, imported when it is asked for."""

    def find() -> Any:
        from importlib import import_module

        module, _, name = path.partition(":")
        return getattr(import_module(f"deskapp.screens.{module}"), name)

    return find


PLACE_SCREENS: dict[str, Callable[[], Any]] = {
    "clients": _in("clients:ClientsScreen"),
    "clocks": _in("clocks:ClocksScreen"),
    "tickets": _in("tickets:TicketsScreen"),
    "staff": _in("staff:StaffScreen"),
    "policy": _in("policy:PolicyScreen"),
    "outside": _in("outside:OutsideScreen"),
    "settings": _in("settings:SettingsScreen"),
    "macros": _in("macros:MacrosScreen"),
    "phrases": _in("phrases:PhrasesScreen"),
    "imports": _in("imports:ImportScreen"),
    "audit": _in("audit:AuditScreen"),
    "rights": _in("rights:RightsScreen"),
    "notices": _in("notices:NoticesScreen"),
    "sites": _in("sites:SitesScreen"),
    "inspections": _in("inspections:InspectionsScreen"),
    "site_notices": _in("site_notices:SiteNoticesScreen"),
    "programme": _in("programme:ProgrammeScreen"),
    "coverage": _in("coverage:CoverageScreen"),
    "repairs": _in("repairs:RepairsScreen"),
    "handoffs": _in("handoffs:HandoffsScreen"),
    "registers": _in("registers:RegistersScreen"),
    "bus": _in("bus:BusScreen"),
    "shops": _in("shops:ShopsScreen"),
    "day_plan": _in("day_plan:DayPlanScreen"),
    "campaigns": _in("campaigns:CampaignsScreen"),
    "praises": _in("praises:PraisesScreen"),
    "decisions": _in("decisions:DecisionsScreen"),
    "mail": _in("mail:MailScreen"),
    "outbox": _in("outbox:OutboxScreen"),
    "knowledge": _in("articles:ArticlesScreen"),
    "papers": _in("papers:PapersScreen"),
    "figures": _in("figures:FiguresScreen"),
    "problems": _in("problems:ProblemsScreen"),
    "appraisals": _in("appraisals:AppraisalsScreen"),
    "sanctions": _in("sanctions:SanctionsScreen"),
    "mass": _in("mass:MassScreen"),
    "quality": _in("quality:QualityScreen"),
    "documents": _in("documents:DocumentsScreen"),
}
"""Places besides the queue; a screen is imported when it is first gone to."""


def go(app: DeskApp, place: str) -> None:
    """Show a place; gone to from itself, what lies over it closes: forms and notes keep what was typed as they go."""
    if place == "form":
        open_form(app)
        return
    if place not in app._modes:
        app.add_mode(place, PLACE_SCREENS[place]())
    if place == app.current_mode:
        for screen in reversed(app.screen_stack[1:]):
            screen.dismiss(None)
    app.switch_mode(place)


def open_form(app: DeskApp, kind: str = "complaint", given: Mapping[str, Any] | None = None) -> None:
    """Open the complaint form for whom the present screen is about; one being filled in for them is shown as it is.

    Other kinds of ticket are filed in it too; `given` are answers it opens with.
    """
    from deskapp.screens.ticket_form import TicketFormScreen

    if app.desk is None or app.desk.operator is None:
        return
    if isinstance(app.screen, TicketFormScreen):
        return
    context = context_of(app)
    for mode, stack in app._screen_stacks.items():
        top = stack[-1] if stack else None
        if isinstance(top, TicketFormScreen) and top.is_about(context, kind):
            app.switch_mode(mode)
            return
    app.push_screen(TicketFormScreen(**context, kind=kind, given=given))


def context_of(app: DeskApp) -> dict[str, Any]:
    """Whom the present screen is about: client_id, site_id, call_id, phone, as far as it knows."""
    screen = app.screen
    give = getattr(screen, "context", None)
    found: dict[str, Any] = give() if isinstance(screen, Framed) and give is not None else {}
    return {key: value for key, value in found.items() if value}


def answer(app: DeskApp) -> None:
    """Take the caller who rings here, or has waited longest, and open the call screen over whatever is shown.

    When nobody rings, the call in hand is shown: one answered at the telephone was taken by that already.
    """
    facts, desk = app.facts, app.desk
    if facts is not None and facts.ringing_id is None and facts.talking_id is not None:
        show_call(app, facts.talking_id)
        return
    if facts is None or desk is None or facts.ringing_id is None:
        app.say("call.nobody_rings")
        return
    from deskapp.screens import call_view

    ringing, known = facts.ringing_id, app.reader.ringing.known(facts.ringing_id)

    def take() -> call_view.CallView:
        with desk.read() as work:
            found = work.calls.find(ringing)
        return call_view.take(desk, found, known)

    def taken(view: call_view.CallView) -> None:
        call_view.open_call(app, ringing, view)
        app.read_facts(anew=known is not None)

    app.ask_desk(take, taken)


def show_call(app: DeskApp, call_id: int) -> None:
    """Show a call in hand, once."""
    from deskapp.screens.call import CallScreen
    from deskapp.screens.call_view import open_call

    if not any(isinstance(one, CallScreen) and one.call_id == call_id for one in app.screen_stack):
        open_call(app, call_id)


SETTLED_S = 0.5
"""How long after somebody sat down the first screen has the machine to itself."""


async def settle_in(app: DeskApp, desk: Desk) -> None:
    """Read the frame's facts once the screens have what they asked for; then do what neither must wait for."""
    asked = [worker.wait() for worker in app.workers if worker.node is not app]
    await asyncio.gather(*asked, return_exceptions=True)
    app.read_facts()
    for screen in app.framed():
        screen.settled()

    def sweep() -> int:
        from deskapp.services import drafts

        return drafts.sweep(desk)

    def reckon() -> int:
        from deskapp.services.clocks import reckon_again

        return reckon_again(desk)

    def settle() -> None:
        app.ask_desk(warm, lambda _: None)
        app.ask_desk(lambda: learn(app.known, desk), lambda _: None)
        app.ask_desk(sweep, lambda _: None)
        app.tray.send()
        app.ask_desk(lambda: app.telephone.follow(desk), lambda _: None)
        app.ask_desk(reckon, lambda moved: app.changed() if moved else None)

    app.set_timer(SETTLED_S, settle)


def learn(known: Known, desk: Desk) -> None:
    """Read what the complaint form cannot do without: it must open without a database too."""
    from deskapp.screens.answerers import Answerers
    from deskapp.screens.ticket_form_fields import read_categories

    known.ask("categories", lambda: read_categories(desk))
    Answerers(desk, known)("")


def warm() -> None:
    """Load, behind the first screen, the rooms a morning leads through: their first opening must not wait."""
    from importlib import import_module

    for room in ("call", "ticket_form", "ticket", "clocks", "clients", "client"):
        import_module(f"deskapp.screens.{room}")
