"""Whose site a notice means: found, or opened, and completed with what was missing (rows F2, F3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from deskapp.desk import Desk
from deskapp.domain import site_notice as rules
from deskapp.domain.address import full_address
from deskapp.domain.client import Client
from deskapp.domain.errors import RuleBroken
from deskapp.domain.phone_number import PhoneNumber, is_hidden, parse_many
from deskapp.domain.phone_shown import match_key
from deskapp.domain.search_text import fold
from deskapp.domain.site import Site
from deskapp.domain.site_notice import NoticeDraft
from deskapp.domain.staff import StaffMember
from deskapp.services.clients import phone_record

if TYPE_CHECKING:
    from deskapp.repository.work import Work


@dataclass(frozen=True, slots=True)
class Place:
    """Whose site it is, and what of it was not there before."""

    client: Client
    site: Site
    new_client: bool = False
    new_site: bool = False
    completed: tuple[str, ...] = ()
    """The fields of the site that were missing and are known now."""
    new_staff: tuple[str, ...] = ()


def settle(work: Work, desk: Desk, draft: NoticeDraft) -> Place:
    """Find or open the file and the site a notice is about; fill in only what is missing."""
    site = work.sites.held(draft.site_id) if draft.site_id is not None else None
    client_id = site.client_id if site else draft.client_id
    numbers = _numbers(desk, draft.phones)
    client = work.clients.find(client_id) if client_id else _client(work, draft, numbers)
    new_client = client is None
    known_client = client or _open_file(work, draft, numbers)
    client = _complete_file(work, known_client, draft, numbers)
    sites = work.sites.of(client.id)
    if site is None:
        site = rules.site_at(sites, draft.estate, draft.address)
    if site is None and not full_address(draft.estate, draft.address):
        raise RuleBroken("site_notices.which_site" if len(sites) > 1 else "site_notices.address_missing")
    people, new_staff = _people(work, draft)
    if site is None:
        site = work.sites.add(_new_site(work, client.id, draft, people))
        return Place(client, site, new_client, new_site=True, new_staff=new_staff)
    known = work.sites.held(site.id)
    filled = filled_in(known, draft, people)
    if filled:
        known = work.sites.save(replace(known, **filled), known)
    return Place(client, known, new_client, completed=tuple(filled), new_staff=new_staff)


def filled_in(site: Site, draft: NoticeDraft, people: dict[str, int]) -> dict[str, Any]:
    """What a notice says that is not known of a site yet, by field."""
    told: dict[str, Any] = {"estate": draft.estate.strip(), "area": draft.area, "crew": draft.crew.strip()}
    told |= {f"{role}_id": member for role, member in people.items()}
    if draft.kind == "completion" and draft.started_on and site.completed_on is None:
        told["start_date"] = draft.started_on
    return {name: value for name, value in told.items() if value and not getattr(site, name)}


def _numbers(desk: Desk, phones: str) -> tuple[PhoneNumber, ...]:
    if not phones.strip() or is_hidden(phones):
        return ()
    return parse_many(phones, desk.policy.phone_area_code)


def _client(work: Work, draft: NoticeDraft, numbers: tuple[PhoneNumber, ...]) -> Client | None:
    """The file a name and numbers mean, as imports find it; of namesakes without a number the one at the address."""
    name = draft.client_name.strip()
    owners = work.phones.owners([match_key(number) for number in numbers])
    those = {one: known for found in owners.values() for one, known in found}
    alike = [one for one, known in those.items() if not name or fold(known) == fold(name)]
    nameless = [one for one, known in those.items() if not known]
    if len(alike) == 1 or (alike and name):
        return work.clients.find(alike[0])
    if not name:
        raise RuleBroken("site_notices.many_clients" if alike else "site_notices.client_missing")
    if len(nameless) == 1:
        return work.clients.find(nameless[0])
    if numbers:
        return None
    named = work.clients.named([name]).get(name, [])
    if len(named) > 1:
        here = {
            one
            for one, sites in work.sites.of_many(named).items()
            if full_address(draft.estate, draft.address) and rules.site_at(sites, draft.estate, draft.address)
        }
        named = [one for one in named if one in here]
        if len(named) != 1:
            raise RuleBroken("site_notices.many_clients")
    return work.clients.find(named[0]) if named else None


def _open_file(work: Work, draft: NoticeDraft, numbers: tuple[PhoneNumber, ...]) -> Client:
    client = Client(name=draft.client_name.strip(), created_at=work.now)
    return work.clients.add_file(client, [phone_record(number) for number in numbers]).client


def _complete_file(
    work: Work, client: Client, draft: NoticeDraft, numbers: tuple[PhoneNumber, ...]
) -> Client:
    """Name a file opened for an unknown caller; give one without any number those of the notice."""
    name = draft.client_name.strip()
    if name and not client.named and not client.name:
        client = work.clients.save_file(replace(client, name=name, named=True))
    if numbers and not work.phones.of(client.id):
        for place, number in enumerate(numbers):
            work.phones.add(phone_record(number, client.id, place))
        client = work.clients.touch(client, phones=[number.normal for number in numbers])
        work.clients.index(client.id)
    return client


def _people(work: Work, draft: NoticeDraft) -> tuple[dict[str, int], tuple[str, ...]]:
    """The members of staff a notice names, by role; whoever nobody knows yet joins the staff."""
    found: dict[str, int] = {}
    new: list[str] = []
    for role, said in draft.people.items():
        trade = rules.ROLES[role]
        if isinstance(said, int):
            found[role] = work.staff.find(said).id
        elif said.strip():
            name = said.strip()
            member = work.staff.named(name, trade)
            if member is None:
                member = work.staff.add(StaffMember(name=name, trade=trade))
                new.append(name)
            found[role] = member.id
    return found, tuple(new)


def _new_site(work: Work, client_id: int, draft: NoticeDraft, people: dict[str, int]) -> Site:
    fields: dict[str, Any] = {f"{role}_id": member for role, member in people.items()}
    return Site(
        client_id=client_id,
        estate=draft.estate.strip(),
        address=draft.address.strip(),
        area=draft.area,
        stage="signed",
        crew=draft.crew.strip(),
        start_date=draft.started_on if draft.kind == "completion" else None,
        created_at=work.now,
        **fields,
    )
