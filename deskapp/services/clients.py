"""Open, find and change client files; find whose number rings (rows C3, S1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from deskapp.desk import Desk
from deskapp.domain.client import Client, ClientCard, Phone, check_client
from deskapp.domain.errors import RuleBroken
from deskapp.domain.mail import addresses_of
from deskapp.domain.message import Email
from deskapp.domain.phone_number import PhoneNumber, is_hidden, parse_many
from deskapp.domain.phone_shown import match_key
from deskapp.domain.policy import Policy
from deskapp.domain.site import Milestone, Payment, Site, check_site
from deskapp.services import campaigns, day_plan, followups
from deskapp.services.submissions import once

if TYPE_CHECKING:
    from deskapp.repository.work import Work


def phone_record(number: PhoneNumber, client_id: int = 0, position: int = 0) -> Phone:
    """Keep a number raw, normalised, by its line, and backwards for its last digits."""
    return Phone(
        client_id=client_id,
        raw=number.raw,
        normal=number.normal,
        line_key=match_key(number),
        reversed_digits=number.digits[::-1],
        position=position,
    )


def open_file(work: Work, client: Client, phones: str, policy: Policy) -> ClientCard:
    """Open a client file inside a transaction, with every number in `phones`."""
    check_client(client)
    numbers = () if is_hidden(phones) else parse_many(phones, policy.phone_area_code)
    return work.clients.add_file(client, [phone_record(number) for number in numbers])


def add(desk: Desk, client: Client, phones: str = "", *, emails: str = "", key: str = "") -> ClientCard:
    """Open a client file; under a `key` once, however often it is sent."""
    addresses = addresses_of(emails)

    def opened_before(client_id: int) -> ClientCard:
        return work.clients.cards([client_id])[0]

    with desk.write("client.save") as work:

        def opening() -> ClientCard:
            card = open_file(work, client, phones, desk.policy)
            _set_emails(work, card.client.id, addresses)
            return card

        return once(work, key, "client.add", opening, opened_before, lambda card: card.client.id)


def save(desk: Desk, client: Client, phones: str | None = None, emails: str | None = None) -> ClientCard:
    """Change a client file; a name given names the file.

    `phones`, when given, are all the numbers it shall have, `emails` all the addresses.
    """
    check_client(client)
    addresses = addresses_of(emails) if emails is not None else None
    with desk.write("client.save") as work:
        named = replace(client, named=client.named or bool(client.name.strip()))
        before = work.clients.find(named.id)
        stored = work.clients.save_file(named)
        if before.wants_calls != stored.wants_calls:
            followups.plan_in(work, desk, [site.id for site in work.sites.of(stored.id)])
            if not stored.wants_calls:
                campaigns.opted_out_in(work, stored.id)
                day_plan.opted_out_in(work, stored.id, desk.local(work.now).date())
        if phones is not None:
            wanted = parse_many(phones, desk.policy.phone_area_code) if phones.strip() else ()
            if _set_phones(work, stored, wanted) and stored.version == client.version:
                stored = work.clients.touch(stored, phones=[number.normal for number in wanted])
        if (
            addresses is not None
            and _set_emails(work, stored.id, addresses)
            and stored.version == client.version
        ):
            work.clients.touch(stored, emails=list(addresses))
        return work.clients.cards([stored.id])[0]


def _set_phones(work: Work, client: Client, numbers: Sequence[PhoneNumber]) -> bool:
    """Give a file these numbers in this order; say whether it had others."""
    there = {phone.normal: phone for phone in work.phones.of(client.id)}
    wanted = {number.normal: number for number in numbers}
    if list(there) == list(wanted):
        return False
    for normal, phone in there.items():
        if normal not in wanted:
            work.phones.remove(phone)
    for position, (normal, number) in enumerate(wanted.items()):
        if normal in there:
            work.phones.save(replace(there[normal], position=position))
        else:
            work.phones.add(phone_record(number, client.id, position))
    work.clients.index(client.id)
    work.tickets.index_of_client(client.id)
    return True


def _set_emails(work: Work, client_id: int, addresses: Sequence[str]) -> bool:
    """Give a file these addresses; say whether it had others."""
    there = {email.address: email for email in work.emails.of(client_id)}
    for address, email in there.items():
        if address not in addresses:
            work.emails.remove(email)
    for address in addresses:
        if address not in there:
            work.emails.add(Email(client_id=client_id, address=address))
    return set(there) != set(addresses)


def whose(desk: Desk, number: str) -> list[ClientCard]:
    """The clients a number belongs to, whatever way it is written; a hidden number is nobody's (row C3)."""
    if is_hidden(number):
        return []
    keys = dict.fromkeys(match_key(one) for one in parse_many(number, desk.policy.phone_area_code))
    with desk.read() as work:
        found = {card.client.id: card for key in keys for card in work.clients.on_line(key)}
    return list(found.values())


def callers(desk: Desk, sent: str) -> list[ClientCard]:
    """The clients a number belongs to as a telephone system sent it: what is no number is nobody's."""
    try:
        return whose(desk, sent) if sent else []
    except RuleBroken:
        return []


@dataclass(frozen=True, slots=True)
class SiteCard:
    """A site with the people and days a client's card shows."""

    site: Site
    people: tuple[tuple[str, str], ...] = ()
    milestones: tuple[Milestone, ...] = ()
    payments: tuple[Payment, ...] = ()


@dataclass(frozen=True, slots=True)
class ClientFile:
    """Everything the client's card shows: the file, its sites, and its history in figures."""

    card: ClientCard
    sites: tuple[SiteCard, ...] = ()
    tickets: int = 0
    open_tickets: int = 0
    calls: int = 0
    score: float = 0.0
    emails: tuple[str, ...] = ()


def whole_file(desk: Desk, client_id: int) -> ClientFile | None:
    """Read a client's card with sites, people and figures; None when there is no such file."""
    with desk.read() as work:
        cards = work.clients.cards([client_id])
        if not cards:
            return None
        figures = work.timeline.counts(client_id)
        sites = site_cards(work, work.sites.of(client_id))
        emails = tuple(email.address for email in work.emails.of(client_id))
    return ClientFile(
        cards[0],
        sites,
        int(figures["tickets"]),
        int(figures["open"]),
        int(figures["calls"]),
        figures["score"],
        emails,
    )


def site_cards(work: Work, sites: Sequence[Site]) -> tuple[SiteCard, ...]:
    """Put names to the people of some sites, and their milestones and payments beside them."""
    if not sites:
        return ()
    roles = ("designer", "consultant", "supervisor", "manager")
    ids = [getattr(site, f"{role}_id") for site in sites for role in roles]
    staff = work.staff.get_many(ids)
    site_ids = [site.id for site in sites]
    milestones, payments = work.milestones.of(site_ids), work.payments.of(site_ids)
    return tuple(
        SiteCard(
            site,
            tuple(
                (role, staff[getattr(site, f"{role}_id")].name)
                for role in roles
                if getattr(site, f"{role}_id") in staff
            ),
            tuple(one for one in milestones if one.site_id == site.id),
            tuple(one for one in payments if one.site_id == site.id),
        )
        for site in sites
    )


def save_site(desk: Desk, site: Site, *, key: str = "") -> Site:
    """Open or change a site of a client; under a `key` a new one is opened once, however often it is sent."""
    check_site(site)
    with desk.write("site.save") as work:
        if site.id:
            stored = work.sites.save(site)
        else:
            opening = partial(work.sites.add, replace(site, created_at=work.now))
            stored = once(work, key, "site.add", opening, work.sites.find)
        followups.plan_in(work, desk, [stored.id])
        return work.sites.find(stored.id)
