"""A file sealed with a key: pieces under AES-GCM, each bound to its place and the last one marked as last.

Whoever cuts the file short, or swaps, repeats or changes pieces, is found out when it is read. The key is made of the
passphrase and a salt of the file's own with scrypt; what the work costs stands here, not in the file.
"""

from __future__ import annotations

import io
import os
from typing import IO, Any

from deskapp.domain.errors import RuleBroken

MAGIC = b"deskapp-sealed-1\n"
PIECE = 256 * 1024
_SALT, _TAG = 16, 16
_COST = {"n": 2**16, "r": 8, "p": 1}


def _cipher(key: bytes, salt: bytes) -> Any:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
    except ImportError:
        raise RuleBroken("backup.no_cipher") from None
    return AESGCM(Scrypt(salt=salt, length=32, **_COST).derive(key))


def _nonce(place: int, last: bool) -> bytes:
    return place.to_bytes(11, "big") + bytes([last])


class SealedWriter(io.RawIOBase):
    """Seals what is written to it into a stream; `close` writes the last piece and leaves the stream open."""

    def __init__(self, stream: IO[bytes], key: bytes) -> None:
        salt = os.urandom(_SALT)
        self._stream, self._head, self._cipher = stream, MAGIC + salt, _cipher(key, salt)
        self._held, self._place = bytearray(), 0
        stream.write(self._head)

    def writable(self) -> bool:
        """It is for writing only."""
        return True

    def write(self, data: Any) -> int:
        """Take some bytes; whole pieces go out, but one is kept back: it may be the last."""
        self._held += data
        while len(self._held) > PIECE:
            self._put(bytes(self._held[:PIECE]), last=False)
            del self._held[:PIECE]
        return len(data)

    def _put(self, piece: bytes, last: bool) -> None:
        self._stream.write(self._cipher.encrypt(_nonce(self._place, last), piece, self._head))
        self._place += 1

    def close(self) -> None:
        """Seal the last piece."""
        if not self.closed:
            self._put(bytes(self._held), last=True)
        super().close()


class SealedReader(io.RawIOBase):
    """Opens what SealedWriter sealed, from just behind the magic; a wrong key or a changed file is a RuleBroken."""

    def __init__(self, stream: IO[bytes], key: bytes) -> None:
        salt = stream.read(_SALT)
        if len(salt) != _SALT:
            raise RuleBroken("backup.cut")
        self._stream, self._head, self._cipher = stream, MAGIC + salt, _cipher(key, salt)
        self._next, self._place, self._left = stream.read(PIECE + _TAG), 0, b""

    def readable(self) -> bool:
        """It is for reading only."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Give the next bytes; none at the end of a whole file."""
        while not self._left and self._next:
            self._left = self._opened()
        count = min(len(buffer), len(self._left))
        buffer[:count], self._left = self._left[:count], self._left[count:]
        return count

    def _opened(self) -> bytes:
        """The next piece in clear; it must be the last one exactly when nothing follows."""
        from cryptography.exceptions import InvalidTag

        piece, self._next = self._next, self._stream.read(PIECE + _TAG)
        try:
            clear: bytes = self._cipher.decrypt(_nonce(self._place, not self._next), piece, self._head)
        except (InvalidTag, ValueError):
            raise RuleBroken("backup.cut" if self._place else "backup.key") from None
        self._place += 1
        return clear
