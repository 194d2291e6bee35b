"""A countdown in digits, as lists paint it every second: nothing is loaded for it."""


def seconds_left(due_at_us: int, now_us: int) -> int:
    """Seconds to a deadline, for painting; negative when overdue, 0 for the first second after it."""
    return -((now_us - due_at_us) // 1_000_000)


def countdown(seconds: int) -> str:
    """Seconds left as "00:41:07"; overdue ones count up as "+03:12:40"."""
    minutes, second = divmod(abs(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{'+' if seconds < 0 else ''}{hour:02d}:{minute:02d}:{second:02d}"
