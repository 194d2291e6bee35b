"""A founded company and the records tests hang their questions on: one call each, with sensible values."""

from __future__ import annotations

import atexit
from dataclasses import replace
from functools import cache
from hashlib import sha256
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pendulum
from pendulum import DateTime

from deskapp.clock import StillClock
from deskapp.config import Config
from deskapp.desk import Desk
from deskapp.domain.call import Call
from deskapp.domain.client import Client, ClientCard
from deskapp.domain.operator import Operator
from deskapp.domain.site import Site
from deskapp.domain.staff import Department, StaffMember
from deskapp.domain.ticket import Draft, Ticket
from deskapp.services import calls, clients, company, operators, tickets
from deskapp.wiring import open_desk

NOW = pendulum.datetime(2026, 11, 23, 1, 42, 10)
"""Monday 2026-11-23, 09:42:10 in Shanghai."""
COMPANY = "海棠装饰"
PASSWORD = "haitang-1"
ADMIN, AGENT = "limin", "liumin"
"""The logins of 李敏 (admin) and 刘敏 (agent)."""

_numbers = count(1)
_kept: list[Path] = []


def found_company(url: str) -> None:
    """Build the template of every desk: the company, 李敏 who founded it, 刘敏 beside her."""
    desk = open_desk(Config(url, desk_dir=own_folder(url)), clock=StillClock(NOW))
    desk = company.first_start(desk, COMPANY, "李敏", ADMIN, "admin", PASSWORD)
    operators.add(desk, AGENT, "刘敏", "agent", PASSWORD)
    desk.store.close()


def open_at(url: str, clock: StillClock | None = None, login: str = ADMIN) -> Desk:
    """Open a founded database with one operator at the desk, on a clock the test sets."""
    desk = open_desk(Config(url, desk_dir=own_folder(url)), clock=clock)
    return seat(desk, login)


def own_folder(url: str) -> Path:
    """The folder a desk of a test keeps its files in: one a database, gone when the tests are."""
    return _folders() / sha256(url.encode()).hexdigest()[:16]


def keep_folders_in(folder: Path) -> None:
    """Keep the files of every desk in a folder that somebody else removes: a worker killed at its end cannot."""
    _kept.append(folder)


@cache
def _folders() -> Path:
    if _kept:
        return _kept[-1]
    lent = TemporaryDirectory(prefix="deskapp-desks-", ignore_cleanup_errors=True)
    atexit.register(lent.cleanup)
    return Path(lent.name)


def seat(desk: Desk, login: str) -> Desk:
    """The same desk with another operator at it, without asking for the password."""
    with desk.read() as work:
        found = work.operators.by_login(login)
    assert found is not None, login
    return desk.signed_in(found)


def an_operator(desk: Desk, name: str = "王芳", role: str = "agent", login: str = "") -> Operator:
    """Open an account nobody can sign in to: no password is hashed, so it is fast."""
    with desk.write("operator.save") as work:
        login = login or f"op{next(_numbers)}"
        return work.operators.add(Operator(login=login, name=name, role=role, created_at=work.now))


def a_phone() -> str:
    """A mobile number no other client of this run has."""
    return f"139{next(_numbers):08d}"


def a_client(desk: Desk, name: str = "张伟明", phone: str | None = None, **fields: Any) -> ClientCard:
    """Open a client file; a number of its own unless one (or "" for none) is given."""
    return clients.add(desk, Client(name=name, **fields), a_phone() if phone is None else phone)


def a_site(desk: Desk, client: ClientCard | int, **fields: Any) -> Site:
    """Open a site of a client: 海棠湾 3-2-1101, building, unless told otherwise."""
    values = {"estate": "海棠湾", "address": "3-2-1101", "stage": "building"} | fields
    return clients.save_site(desk, Site(client_id=_client_id(client), **values))


def a_member(desk: Desk, name: str = "赵刚", trade: str = "project_manager", **fields: Any) -> StaffMember:
    """Take somebody on, in 工程部 unless another department is named."""
    department_id = fields.pop("department_id", None) or a_department(desk).id
    return company.save_staff(
        desk, StaffMember(name=name, trade=trade, department_id=department_id, **fields)
    )


def a_department(desk: Desk, code: str = "engineering", head: StaffMember | None = None) -> Department:
    """A department of the directory, by its code; with a head when one is given."""
    with desk.read() as work:
        found = work.departments.by_name(code)
    assert found is not None, code
    return company.save_department(desk, replace(found, head_id=head.id)) if head else found


def a_category(desk: Desk, code: str = "leak") -> int:
    """The id of a category of complaint, by its code."""
    with desk.read() as work:
        found = work.categories.by_name(code)
    assert found is not None, code
    return found.id


def a_draft(client: ClientCard | int | None = None, **fields: Any) -> Draft:
    """A complaint as the form hands it over: 卫生间漏水, of a client or of a stranger called 陈建国."""
    values: dict[str, Any] = {"subject": "卫生间漏水", "description": "楼下邻居天花板渗水,要求尽快维修。"}
    values |= {"client_name": "陈建国"} if client is None else {"client_id": _client_id(client)}
    return Draft(**(values | fields))


def a_complaint(desk: Desk, client: ClientCard | int | None = None, **fields: Any) -> Ticket:
    """File a complaint now; of a new client unless one is given."""
    return tickets.file(desk, a_draft(client or a_client(desk), **fields)).ticket


def a_ticket_in(desk: Desk, state: str, client: ClientCard | int | None = None, **fields: Any) -> Ticket:
    """A complaint brought to a state by legal moves only, all made now by the desk's operator; verified by 刘敏."""
    ticket = a_complaint(desk, client, **fields)
    if state == "merged":
        return tickets.merge(desk, a_complaint(desk, ticket.client_id), ticket, "重复投诉")
    for move in _ROADS[state]:
        if move == "verify":
            mover = seat(desk, AGENT)
            with mover.write("ticket.move") as work:
                ticket = tickets.move_in(work, mover, ticket, "verify", "")
        elif move == "dispatch":
            ticket = tickets.dispatch(desk, ticket, a_department(desk).id, None)
        else:
            ticket = tickets.move(desk, ticket, move, "已联系客户")
    return ticket


_ROADS = {
    "received": [],
    "dispatched": ["dispatch"],
    "responded": ["respond"],
    "resolved": ["respond", "resolve"],
    "verified": ["respond", "resolve", "verify"],
    "closed": ["respond", "resolve", "verify", "close"],
    "reopened": ["respond", "resolve", "reopen"],
    "withdrawn": ["withdraw"],
}


def a_ring(desk: Desk, number: str | None = None) -> Call:
    """Let the telephone ring now, from a number nobody has unless one is given."""
    return calls.ring(desk, a_phone() if number is None else number).call


def a_planned_call(
    desk: Desk, kind: str = "callback", at: DateTime | None = None, client: ClientCard | int | None = None
) -> Call:
    """Plan an outbound call: a callback due now unless told otherwise."""
    client_id = _client_id(client or a_client(desk))
    return calls.plan(desk, kind, client_id, at or desk.now(), "客户约定")


def audit_of(desk: Desk, noun: str, record_id: int | None = None) -> list[tuple[str, str, Any]]:
    """The audit entries about a noun (or one record of it), oldest first: who, act, changes."""
    from sqlalchemy import select

    from deskapp.repository.tables import audit

    query = select(audit.c.who, audit.c.act, audit.c.changes).where(audit.c.noun == noun).order_by(audit.c.id)
    if record_id is not None:
        query = query.where(audit.c.record_id == record_id)
    with desk.read() as work:
        return [(row[0], row[1], row[2]) for row in work.connection.execute(query)]


def _client_id(client: ClientCard | int) -> int:
    return client if isinstance(client, int) else client.client.id
