"""Sign in, open accounts, change one's own preferences (row P2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from deskapp.desk import Desk
from deskapp.domain.errors import NotAllowed, RuleBroken
from deskapp.domain.operator import Operator, check_operator, check_password, check_rank
from deskapp.domain.sign_in import key_of, one_more, wait_s


def hash_password(password: str) -> str:
    """Hash a password with argon2id."""
    check_password(password)
    return _hash(password)


def _hash(password: str) -> str:
    from argon2 import PasswordHasher

    return PasswordHasher().hash(_bytes(password))


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")


def _matches(hashed: str, password: str) -> bool:
    """Whether a password is the one hashed; where there is none to compare with, it takes just as long."""
    from argon2 import PasswordHasher
    from argon2.exceptions import Argon2Error, InvalidHashError

    try:
        return PasswordHasher().verify(hashed, _bytes(password))
    except InvalidHashError:
        _hash(password)
        return False
    except Argon2Error:
        return False


def sign_in(desk: Desk, login: str, password: str) -> Desk:
    """Seat an operator at the desk; a wrong login and a wrong password are refused in the same words.

    After some wrong passwords the login waits, whoever's it is: operator.wait says how many seconds.
    """
    with desk.read() as work:
        found = work.operators.by_login(login)
    with _attempt(desk, login) as passed:
        matches = _matches(found.password_hash if found else "", password)
        if found is None or not matches or not found.active:
            raise RuleBroken("operator.wrong")
        passed()
    return desk.signed_in(found)


@contextmanager
def _attempt(desk: Desk, login: str) -> Iterator[Callable[[], None]]:
    """One look at a password: counted as wrong before it is looked at, so that no two desks share a try.

    Refused while the login waits; what is given is called when the password was right.
    """
    key = key_of(login)
    with desk.store.write("") as work:
        attempts = work.sign_ins.taken(key)
        seconds = wait_s(attempts, work.now)
        if not seconds:
            work.sign_ins.count(key, one_more(attempts, work.now))
            work.sign_ins.prune()
    if seconds:
        raise RuleBroken("operator.wait", seconds=seconds)

    def passed() -> None:
        with desk.store.write("") as work:
            work.sign_ins.lift(key)

    yield passed


def seat(desk: Desk, login: str) -> Desk:
    """Seat the operator of a demo, without a password; nobody else is seated this way."""
    with desk.read() as work:
        found = work.operators.by_login(login)
    if found is None or not found.active:
        raise RuleBroken("operator.wrong")
    return desk.signed_in(found)


def add(desk: Desk, login: str, name: str, role: str, password: str) -> Operator:
    """Open an account, of no role above one's own."""
    login = login.strip()
    operator = Operator(login=login, name=name.strip() or login, role=role)
    check_operator(operator)
    hashed = hash_password(password)
    with desk.write("operator.save") as work:
        check_rank(work.operator, role)
        if work.operators.by_login(login) is not None:
            raise RuleBroken("operator.exists", login=login)
        return work.operators.add(replace(operator, password_hash=hashed, created_at=work.now))


def save(desk: Desk, operator: Operator, password: str = "") -> Operator:
    """Change an account: login, name, role, whether it is in use; a password given is the new one.

    The last administrator stays one, and nobody touches an account above their own role.
    """
    operator = replace(operator, login=operator.login.strip(), name=operator.name.strip() or operator.login)
    check_operator(operator)
    hashed = hash_password(password) if password else ""
    with desk.write("operator.save") as work:
        present = work.operators.find(operator.id)
        for role in (present.role, operator.role):
            check_rank(work.operator, role)
        namesake = work.operators.by_login(operator.login)
        if namesake is not None and namesake.id != operator.id:
            raise RuleBroken("operator.exists", login=operator.login)
        stays = operator.active and operator.role == "admin"
        if present.role == "admin" and not stays:
            work.counters.at_least(
                "admins", 1
            )  # two admins who shut each other out wait here for one another
            if not work.operators.others_in("admin", operator.id):
                raise RuleBroken("operator.last_admin")
        kept = hashed or present.password_hash
        if hashed:
            work.sign_ins.lift(key_of(operator.login))
        return work.operators.save(replace(operator, password_hash=kept))


def known(desk: Desk, login: str) -> Operator:
    """The account of a login; a rule is broken when there is none."""
    with desk.read() as work:
        found = work.operators.by_login(login)
    if found is None:
        raise RuleBroken("operator.unknown", login=login)
    return found


def disable(desk: Desk, login: str) -> Operator:
    """Take an account out of use: its operator is refused at their next act; the last administrator stays."""
    return save(desk, replace(known(desk, login), active=False))


def reset(desk: Desk, login: str, password: str) -> Operator:
    """Give an account a new password, with which it need not wait."""
    check_password(password)
    return save(desk, known(desk, login), password)


def change_password(desk: Desk, old: str, new: str) -> Desk:
    """Take a new password of one's own; the old one must be right."""
    if desk.operator is None:
        raise NotAllowed("rights.refused", act="prefs.save", role="")
    with desk.read() as work:
        present = work.operators.find(desk.operator.id)
    with _attempt(desk, present.login) as passed:
        if not _matches(present.password_hash, old):
            raise RuleBroken("operator.old_wrong")
        passed()
    return save_preferences(desk, password_hash=hash_password(new))


def save_preferences(desk: Desk, **changes: object) -> Desk:
    """Keep one's language, theme, signs and keys; return the desk that works with them."""
    if desk.operator is None:
        raise NotAllowed("rights.refused", act="prefs.save", role="")
    with desk.write("prefs.save") as work:
        present = work.operators.find(desk.operator.id)
        saved = work.operators.save(replace(present, **changes))  # type: ignore[arg-type]
    return desk.signed_in(saved)


def system_operator() -> Operator:
    """Who acts when no operator has signed in: whoever may run commands here, named in the audit by their account."""
    from getpass import getuser

    try:
        name = getuser()
    except (OSError, KeyError, ImportError):
        name = ""
    return Operator(id=None, login=name, name=f"cli:{name}", role="admin")  # type: ignore[arg-type]
