"""What a line of a register does to its site: a deposit paid, refunded or struck out, a contract signed (row S4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from deskapp.domain.register import Values
from deskapp.domain.site import Site

EFFECTS = ("deposit", "talk")


def site_after(effect: str, before: Values | None, after: Values | None, site: Site) -> Site:
    """The site as a line leaves it; None is a line that is not there: not yet, or struck out.

    What somebody wrote at the site by hand stays: only what is empty, or came from this very line, follows it.
    """
    return _EFFECTS[effect](before or {}, after or {}, site)


def _deposit(before: Values, after: Values, site: Site) -> Site:
    own = site
    if site.deposit in (None, before.get("amount")):
        own = replace(own, deposit=after.get("amount"))
    if site.deposit_date in (None, before.get("day")):
        own = replace(own, deposit_date=after.get("day"))
    was, now = before.get("standing") == "refunded", after.get("standing") == "refunded"
    if now and not was and site.stage == "deposit":
        return replace(own, stage="cancelled")
    if was and not now and site.stage == "cancelled":
        return replace(own, stage="deposit")
    return own


def _talk(before: Values, after: Values, site: Site) -> Site:
    was = before.get("day") if before.get("outcome") == "signed" else None
    now = after.get("day") if after.get("outcome") == "signed" else None
    if now is not None and site.stage == "deposit":
        return replace(site, stage="signed", signed_on=now)
    if now is not None and site.signed_on in (None, was):
        return replace(site, signed_on=now)
    if now is None and was is not None and (site.stage, site.signed_on) == ("signed", was):
        return replace(site, stage="deposit", signed_on=None)
    return site


_EFFECTS: Mapping[str, Callable[[Values, Values, Site], Site]] = {"deposit": _deposit, "talk": _talk}
