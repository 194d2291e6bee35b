"""The viewing bus: trips, seats, who is picked up where and who came (row S5; text 4, 1.3.3)."""

from __future__ import annotations

from dataclasses import dataclass

from pendulum import DateTime


@dataclass(frozen=True, slots=True)
class Trip:
    """One trip of the bus with the seats it has; `report` is the viewing report."""

    id: int = 0
    version: int = 0
    number: str = ""
    leaves_at: DateTime | None = None
    route: str = ""
    seats: int = 0
    driver_id: int | None = None
    plate: str = ""
    state: str = "planned"
    report: str = ""
    created_at: DateTime | None = None
    created_by: int | None = None


@dataclass(frozen=True, slots=True)
class Booking:
    """Seats of a trip kept for a client; `came` is None until somebody has said."""

    id: int = 0
    version: int = 0
    trip_id: int = 0
    client_id: int = 0
    seats: int = 1
    pick_up: str = ""
    came: bool | None = None
    note: str = ""
    created_at: DateTime | None = None
    created_by: int | None = None
