"""How long a login waits after wrong passwords: longer each time, alike for logins nobody has (row P2)."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from pendulum import DateTime

FREE = 3
"""Wrong passwords that cost nothing: everybody mistypes."""
FIRST_S = 2
"""Seconds to wait after the first wrong password past those; doubled by each further one."""
MOST_S = 900
"""The longest wait, in seconds."""
FORGOTTEN_S = 86_400
"""Seconds after the last wrong password at which the count is forgotten."""
LONGEST_LOGIN = 64


@dataclass(frozen=True, slots=True)
class Attempts:
    """How many wrong passwords in a row a login was given, the last of them when, and until when it waits."""

    failures: int
    last_at: DateTime
    until: DateTime


def key_of(login: str) -> str:
    """What a login's attempts are counted under: one key however it is written, and nothing that can be read.

    People type passwords into the wrong field; what is kept must not show them.
    """
    plain = login.strip().lower().casefold()[:LONGEST_LOGIN]
    return blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


def delay_s(failures: int) -> int:
    """Seconds to wait after so many wrong passwords in a row."""
    past = failures - FREE
    return 0 if past <= 0 else min(MOST_S, FIRST_S << min(past - 1, 20))


def wait_s(attempts: Attempts, now: DateTime) -> int:
    """Whole seconds, rounded up, that still pass before another password is looked at; 0 when it is at once.

    Never more than the longest wait, should the database's clock be set back.
    """
    left = (attempts.until - now).total_seconds()
    return min(MOST_S, -int(-left // 1)) if left > 0 else 0


def one_more(attempts: Attempts, now: DateTime) -> Attempts:
    """Count one more attempt: it is a wrong one until the password has proved right."""
    forgotten = (now - attempts.last_at).total_seconds() >= FORGOTTEN_S
    failures = 1 if forgotten else attempts.failures + 1
    return Attempts(failures, now, now.add(seconds=delay_s(failures)))
