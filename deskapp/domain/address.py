"""An address as people write it."""

from __future__ import annotations


def full_address(estate: str, address: str) -> str:
    """Join estate and house number, saying neither twice."""
    estate, address = estate.strip(), address.strip()
    if not estate or address.startswith(estate):
        return address
    return f"{estate} {address}".strip()
