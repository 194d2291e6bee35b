"""Old Excel files are read by another process first: it may take no more than its share, and dies alone.

One text of such a file may stand in any number of cells, so that a small file fills any memory; the reader then ends
the whole process. Files that cannot do so, having few cells with texts, are not tried.

    python -m deskapp.adapters.xls_trial < FILE
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from io import BytesIO

from deskapp.domain.errors import RuleBroken

MOST_MEMORY = 2 * 1024 * 1024 * 1024
TRIAL_S = 60
FEW = 4_000
"""Cells with a shared text that are harmless, however long it is."""
_SHARED_CELL = b"\xfd\x00\x0a\x00"
"""The head of a cell that holds a shared text: record 0x00FD, ten bytes."""


def check_old_workbook(content: bytes, file: str) -> None:
    """Refuse an xls that needs more memory or time than any register does."""
    if content.count(_SHARED_CELL) <= FEW:
        return
    command = [sys.executable, "-m", "deskapp.adapters.xls_trial"]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=TRIAL_S, check=False)  # noqa: S603 this Python, this module
    except subprocess.TimeoutExpired:
        raise RuleBroken("import.too_big", file=file) from None
    except OSError as error:
        raise RuleBroken("import.unreadable", file=file) from error
    if done.returncode != 0:
        raise RuleBroken("import.too_big", file=file)


def main() -> None:
    """Read every sheet and forget it; what is no workbook is for the reader to say."""
    import python_calamine

    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    try:
        book = python_calamine.load_workbook(BytesIO(sys.stdin.buffer.read()))
        for name in book.sheet_names:
            book.get_sheet_by_name(name).to_python(skip_empty_area=True)
    except MemoryError:
        sys.exit(1)
    except BaseException:  # the reader's panics are no Exception
        sys.exit(0)


if __name__ == "__main__":
    main()
