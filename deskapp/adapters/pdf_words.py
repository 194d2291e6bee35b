"""The words of a PDF given on standard input: a process of its own, for a broken file may take its reader along.

It writes a line with the code of why there are no words (empty when there are), then the words as UTF-8.
"""

from __future__ import annotations

import sys

MOST_PAGES = 300
MOST_MEMORY = 1536 * 1024 * 1024
MOST_CPU_S = 10


def main(most: int) -> str:
    """Read as many characters as are wanted."""
    _bound()
    try:
        import pypdfium2
    except ImportError:
        return "no_reader\n"
    try:
        document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    except pypdfium2.PdfiumError as error:
        return "encrypted\n" if "password" in str(error).lower() else "broken\n"
    found: list[str] = []
    for place in range(min(len(document), MOST_PAGES)):
        try:
            found.append(document[place].get_textpage().get_text_bounded())
        except pypdfium2.PdfiumError:
            continue
        if sum(map(len, found)) > most:
            break
    return "\n" + "\n".join(found)


def _bound() -> None:
    """Take no more memory and time than it needs, where the system can see to that."""
    try:
        import resource
    except ImportError:
        return
    for what, most in ((resource.RLIMIT_AS, MOST_MEMORY), (resource.RLIMIT_CPU, MOST_CPU_S)):
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):
            continue


if __name__ == "__main__":
    sys.stdout.buffer.write(main(int(sys.argv[1])).encode("utf-8", errors="replace"))
