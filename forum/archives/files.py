"""The pictures that came with an archive: taken from what was given and from nowhere else, and no name of theirs becomes a path."""

import hashlib
import os
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

# What is larger is no picture that the club shows (`forum.picturing`).
MAX_BYTES = 8 * 1024 * 1024
ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".webp")
# What a file is called in the texts of its archive; nothing for one that no text can show.
NameOf = Callable[[str], str]


class Files:
    """Pictures by the names that texts have for them. Copies out of a ZIP or tar stand in a folder of their own while they are needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.places: dict[str, Path] = {}

    def get(self, name: str) -> bytes | None:
        place = self.places.get(name)
        return place.read_bytes() if place else None

    def copy(self, name: str, size: int, file: IO[bytes]) -> None:
        """Keep a file of an archive. What says that it is small and is not is cut, and so no picture."""
        if not name or name in self.places or size > MAX_BYTES:
            return
        place = self.folder / hashlib.sha256(name.encode()).hexdigest()
        place.write_bytes(file.read(MAX_BYTES))
        self.places[name] = place


@contextmanager
def opened(uploads: Path | None, name_of: NameOf) -> Iterator[Files]:
    """The pictures of a folder, ZIP or tar, or none."""
    with tempfile.TemporaryDirectory(prefix="archive-") as folder:
        files = Files(Path(folder))
        if uploads is None:
            pass
        elif uploads.is_dir():
            _of_folder(files, uploads, name_of)
        elif zipfile.is_zipfile(uploads):
            _of_zip(files, uploads, name_of)
        else:
            with tarfile.open(uploads, "r|*") as tar:
                for member in tar:
                    take(files, tar, member, name_of)
        yield files


def take(files: Files, tar: tarfile.TarFile, member: tarfile.TarInfo, name_of: NameOf) -> None:
    """A picture of a tar; of links, which may lead anywhere, nothing."""
    file = tar.extractfile(member) if member.isreg() and is_picture(member.name) else None
    if file:
        files.copy(name_of(member.name), member.size, file)


def is_picture(name: str) -> bool:
    return name.lower().endswith(ENDINGS)


def _of_folder(files: Files, uploads: Path, name_of: NameOf) -> None:
    for folder, _folders, names in os.walk(uploads, followlinks=False):
        for each in names:
            place = Path(folder, each)
            # With the folder's own name ahead, as it stands in an archive.
            name = name_of(f"{uploads.name}/{place.relative_to(uploads).as_posix()}") if is_picture(each) else ""
            if name and not place.is_symlink() and place.stat().st_size <= MAX_BYTES:
                files.places.setdefault(name, place)


def _of_zip(files: Files, uploads: Path, name_of: NameOf) -> None:
    with zipfile.ZipFile(uploads) as archive:
        for member in archive.infolist():
            if is_picture(member.filename) and not member.is_dir():
                with archive.open(member) as file:
                    files.copy(name_of(member.filename), member.file_size, file)
