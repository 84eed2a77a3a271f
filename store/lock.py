"""One bot on one SQLite file: a lock beside it that lives as long as its holder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyHeld(Exception):
    """Another program holds the file; `holder` is the number of its process, where it is known."""

    def __init__(self, file: Path, holder: int | None) -> None:
        super().__init__(f"{file} is held by another program")
        self.file = file
        self.holder = holder


@contextmanager
def held_alone(file: Path) -> Iterator[None]:
    """Hold the database file, so that no second bot runs on it, until the block ends.

    The lock is on `<file>.lock`, which stays there; the kernel lets it go however this process ends. Programs that only
    read or write a little do not ask for it. Raises AlreadyHeld, and OSError where the lock cannot be made.
    """
    path = file.with_name(f"{file.name}.lock")
    # Python's descriptors are not inherited: a child that lives longer does not keep the lock.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(descriptor, path, file)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, path: Path, file: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        written = os.pread(descriptor, 20, 0).strip()
        raise AlreadyHeld(file, int(written) if written.isdigit() else None) from None
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
