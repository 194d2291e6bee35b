"""What is done for a client from any screen: files and sites written, calls promised, made and taken down."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from deskapp.screens import paint
from deskapp.screens.record_form import saved
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.call import Call
    from deskapp.domain.client import ClientCard
    from deskapp.domain.site import Site
    from deskapp.screens.base import Framed
    from deskapp.screens.client_form import ClientEntry, ClientForm
    from deskapp.screens.record_form import Typed
    from deskapp.screens.site_form import SiteEntry, SiteForm
    from deskapp.services.clients import SiteCard

Then = Callable[["ClientCard"], object]


def new_client(
    screen: Framed, then: Then, *, name: str = "", phone: str = "", typed: Typed | None = None
) -> None:
    """Write a new file; `then` gets its card. What cannot be saved comes back as it was typed."""
    from deskapp.screens.client_form import ClientForm

    form = ClientForm(name=name, phone=phone, typed=typed)

    def save(entry: ClientEntry | None) -> None:
        if entry is None:
            return
        from deskapp.services import clients

        desk = screen.desk

        def again(error: Exception) -> None:
            screen.app.tell(error)
            new_client(screen, then, name=name, phone=phone, typed=entry.typed)

        screen.act(
            lambda: saved(
                desk,
                form.draft,
                form.draft_values(entry.typed.values),
                lambda: clients.add(
                    desk, entry.client, entry.phones, emails=entry.emails, key=entry.typed.submission
                ),
            ),
            then,
            wrong=again,
        )

    screen.app.push_screen(form, save)


def edit_client(screen: Framed, client_id: int, typed: Typed | None = None) -> None:
    """Change a file; when somebody else was first, theirs is read and what was typed is laid over it."""

    def opened(found: tuple[ClientCard, list[str]]) -> None:
        from deskapp.screens.client_form import ClientForm

        form = ClientForm(found[0], emails=found[1], typed=typed)
        screen.app.push_screen(form, lambda entry: save(form, entry) if entry else None)

    def save(form: ClientForm, entry: ClientEntry) -> None:
        from deskapp.services import clients

        desk = screen.desk

        def again(error: Exception) -> None:
            screen.app.tell(error)
            edit_client(screen, client_id, entry.typed)

        screen.act(
            lambda: saved(
                desk,
                form.draft,
                form.draft_values(entry.typed.values),
                lambda: clients.save(desk, entry.client, entry.phones, entry.emails),
            ),
            lambda card: screen.app.say("client.saved", name=paint.client_name(card.client.name[:40])),
            wrong=again,
        )

    screen.app.ask_desk(lambda: _card(screen.desk, client_id), opened)


def edit_site(screen: Framed, client_id: int, site_id: int | None, typed: Typed | None = None) -> None:
    """Open a site of a client (`site_id` None) or change one; a conflict as in `edit_client`."""

    def opened(found: tuple[Site, dict[str, str]]) -> None:
        from deskapp.screens.site_form import SiteForm

        form = SiteForm(*found, typed=typed)
        screen.app.push_screen(form, lambda entry: save(form, entry) if entry else None)

    def save(form: SiteForm, entry: SiteEntry) -> None:
        from deskapp.services import clients

        desk = screen.desk

        def again(error: Exception) -> None:
            screen.app.tell(error)
            edit_site(screen, client_id, site_id, entry.typed)

        screen.act(
            lambda: saved(
                desk,
                form.draft,
                form.draft_values(entry.typed.values),
                lambda: clients.save_site(desk, entry.site, key=entry.typed.submission),
            ),
            lambda site: screen.app.say("site.saved", address=_where(site)),
            wrong=again,
        )

    screen.app.ask_desk(lambda: _site(screen.desk, client_id, site_id), opened)


def _card(desk: Desk, client_id: int) -> tuple[ClientCard, list[str]]:
    """A file to be changed: its form shows whole numbers, which is written down where they are masked."""
    with desk.read() as work:
        found = work.clients.cards([client_id])
        emails = [email.address for email in work.emails.of(client_id)]
    if not found:
        raise LookupError(f"client {client_id}")
    from deskapp.services import unmasking

    unmasking.looked(desk, client_id, len(found[0].phones), "form")
    return found[0], emails


def _site(desk: Desk, client_id: int, site_id: int | None) -> tuple[Site, dict[str, str]]:
    from deskapp.domain.site import Site
    from deskapp.services.clients import site_cards

    if site_id is None:
        return Site(client_id=client_id), {}
    with desk.read() as work:
        one = site_cards(work, [work.sites.find(site_id)])[0]
    return one.site, dict(one.people)


def _where(site: Site) -> str:
    from deskapp.domain.address import full_address

    return shown(full_address(site.estate, site.address)[:60])


def choose_site(screen: Framed, client_id: int, sites: tuple[SiteCard, ...]) -> None:
    """Change the client's only site, or ask which."""
    from deskapp.screens.site_choice import SiteChoice

    if not sites:
        edit_site(screen, client_id, None)
    elif len(sites) == 1:
        edit_site(screen, client_id, sites[0].site.id)
    else:
        screen.app.push_screen(
            SiteChoice(sites), lambda chosen: edit_site(screen, client_id, chosen) if chosen else None
        )


def promise_call(screen: Framed, client_id: int) -> None:
    """Ask when, and put a callback into the queue."""
    from deskapp.screens.call_dialogs import LaterDialog
    from deskapp.services import outgoing

    desk = screen.desk

    def planned(call: Call) -> None:
        screen.app.say("client.call_planned", when=paint.when(desk, call.due_at))

    def plan(at: Any) -> None:
        if at is None:
            return
        one = outgoing.promising(desk, client_id, at, about=paint.when(desk, at))
        screen.app.tray.submit(screen, one, planned, kept=lambda: None, wrong=screen.app.tell)

    screen.app.push_screen(LaterDialog(desk, f"client-{client_id}"), plan)


def call_now(screen: Framed, client_id: int) -> None:
    """Call the client at once: the call is planned for now, taken, and its screen opened."""
    from deskapp.services import calls

    desk = screen.desk
    screen.act(
        lambda: calls.take(desk, calls.plan(desk, "callback", client_id, desk.now())),
        lambda call: _open_call(screen, call),
    )


def rings(screen: Framed, card: ClientCard) -> None:
    """The client is on a telephone this console does not hear: write the call down and take it."""
    from deskapp.services import calls

    desk, client_id = screen.desk, card.client.id
    number = card.phones[0].normal if card.phones else ""

    def taken() -> Call:
        call = calls.ring(desk, number).call
        if call.client_id != client_id:
            call = calls.link_client(desk, call, client_id)
        return calls.take(desk, call)

    screen.act(taken, lambda call: _open_call(screen, call))


def _open_call(screen: Framed, call: Call) -> None:
    from deskapp.screens.call_view import open_call

    open_call(screen.app, call.id)


def guess(typed: str) -> tuple[str, str]:
    """What a search that found nobody says of the client to be: a name, or a number."""
    from deskapp.domain.search_text import query_terms

    terms = query_terms(typed)
    if len(terms) == 1 and terms[0].kind == "digits":
        return "", typed if len(terms[0].text) >= 7 else ""
    return (typed if terms and all(term.kind == "han" for term in terms) else ""), ""
