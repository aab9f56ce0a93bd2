"""Writing SPSS system files (.sav), case by case, so that memory does not grow with the number of answers. Pure.

The layout is that of the PSPP developers' guide, "System File Format"; values are not compressed, text is UTF-8.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

SYSTEM_MISSING = -1.7976931348623157e308
HIGHEST, LOWEST = 1.7976931348623157e308, -1.797693134862315e308
CHUNK, SEGMENT, USED = 255, 256, 252
WIDEST = 32_767
NUMBER_FORMAT, TEXT_FORMAT, MOMENT_FORMAT = 5, 1, 22
NOMINAL, SCALE = 1, 3
CUT = "…".encode()


@dataclass
class Variable:
    """One column. `width`: bytes of text, 0 for a number; `labels`: numbers' words; `missing`: a number that is no answer."""

    name: str
    label: str = ""
    width: int = 0
    labels: dict[float, str] = field(default_factory=dict)
    missing: float | None = None
    is_moment: bool = False

    @property
    def segments(self) -> list[int]:
        """The widths of the pieces that a text longer than 255 bytes is kept in."""
        if self.width <= CHUNK:
            return [self.width]
        count = (self.width + USED - 1) // USED
        return [CHUNK] * (count - 1) + [self.width - (count - 1) * USED]

    @property
    def eights(self) -> int:
        """How many pieces of eight bytes one value takes."""
        return sum(max(1, (width + 7) // 8) for width in self.segments)


def write(
    file: BinaryIO, variables: Sequence[Variable], cases: Iterable[Sequence[float | str | None]], *, count: int, label: str = ""
) -> None:
    """Write a whole file. `count` must be the number of cases; a number that is None is written as missing, a text as empty."""
    _write_head(file, variables, count, label)
    pack, missing = struct.Struct("<d").pack, struct.pack("<d", SYSTEM_MISSING)
    for case in cases:
        parts = []
        for variable, value in zip(variables, case, strict=True):
            if variable.width:
                parts.append(_text(variable, str(value or "")))
            else:
                parts.append(missing if value is None else pack(float(value)))
        file.write(b"".join(parts))


def cut(text: str, size: int) -> bytes:
    """UTF-8 bytes of at most `size`, ending at a whole character and, where there was more, with a mark that says so."""
    raw = text.encode("utf-8", "replace")
    return raw if len(raw) <= size else raw[: size - len(CUT)].decode("utf-8", "ignore").encode() + CUT


def _text(variable: Variable, text: str) -> bytes:
    raw = cut(text, variable.width)
    if variable.width > CHUNK:
        raw = b"".join(raw[start : start + CHUNK].ljust(SEGMENT) for start in range(0, max(1, len(raw)), CHUNK))
    return raw.ljust(8 * variable.eights)[: 8 * variable.eights]


def _write_head(file: BinaryIO, variables: Sequence[Variable], count: int, label: str) -> None:
    eights = sum(variable.eights for variable in variables)
    file.write(b"$FL2" + b"@(#) SPSS DATA FILE Clubroom".ljust(60) + struct.pack("<5id", 2, eights, 0, 0, count, 100.0))
    file.write(b"01 Jan 00" + b"00:00:00" + cut(label, 64).ljust(64) + b"\0\0\0")
    shorts, position, places = [], 1, []
    for number, variable in enumerate(variables):
        short = f"V{number:05d}"
        shorts.append(short)
        places.append(position)
        for index, width in enumerate(variable.segments):
            _write_variable(file, variable, short if index == 0 else f"{short[:6]}{_piece(index)}", width, is_first=index == 0)
        position += variable.eights
    for variable, place in zip(variables, places, strict=True):
        if variable.labels and not variable.width:
            _write_labels(file, variable.labels, place)
    _write_info(file, variables, shorts)


def _piece(index: int) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    return letters[index // 36] + letters[index % 36]


def _write_variable(file: BinaryIO, variable: Variable, short: str, width: int, *, is_first: bool) -> None:
    kind = (TEXT_FORMAT << 16) | (min(width, 255) << 8) if width else _number_format(variable)
    has_label, has_missing = bool(variable.label) and is_first, variable.missing is not None and not width
    file.write(struct.pack("<6i", 2, width, has_label, has_missing, kind, kind) + short.encode().ljust(8))
    if has_label:
        text = cut(variable.label, 252)
        file.write(struct.pack("<i", len(text)) + text.ljust((len(text) + 3) // 4 * 4))
    if has_missing:
        file.write(struct.pack("<d", variable.missing))
    for _more in range(max(1, (width + 7) // 8) - 1):
        file.write(struct.pack("<6i", 2, -1, 0, 0, 0, 0) + b" " * 8)


def _number_format(variable: Variable) -> int:
    if variable.is_moment:
        return (MOMENT_FORMAT << 16) | (20 << 8)
    return (NUMBER_FORMAT << 16) | (8 << 8) | (0 if variable.labels else 2)


def _write_labels(file: BinaryIO, labels: dict[float, str], place: int) -> None:
    file.write(struct.pack("<2i", 3, len(labels)))
    for value, label in labels.items():
        text = cut(label, 120)
        file.write(struct.pack("<dB", value, len(text)) + text.ljust((len(text) + 8) // 8 * 8 - 1))
    file.write(struct.pack("<3i", 4, 1, place))


def _write_info(file: BinaryIO, variables: Sequence[Variable], shorts: list[str]) -> None:
    _info(file, 3, 4, struct.pack("<8i", 1, 0, 0, -1, 1, 1, 2, 65001))
    _info(file, 4, 8, struct.pack("<3d", SYSTEM_MISSING, HIGHEST, LOWEST))
    shown = []
    for variable in variables:
        for width in variable.segments:
            shown += [NOMINAL if variable.labels or width else SCALE, 8, 0 if width else 1]
    _info(file, 11, 4, struct.pack(f"<{len(shown)}i", *shown))
    _info(file, 13, 1, "\t".join(f"{short}={variable.name}" for short, variable in zip(shorts, variables, strict=True)).encode())
    long = [f"{short}={variable.width:05d}\0\t" for short, variable in zip(shorts, variables, strict=True) if variable.width > CHUNK]
    if long:
        _info(file, 14, 1, "".join(long).encode())
    _info(file, 20, 1, b"UTF-8")
    file.write(struct.pack("<2i", 999, 0))


def _info(file: BinaryIO, subtype: int, size: int, body: bytes) -> None:
    file.write(struct.pack("<4i", 7, subtype, size, len(body) // size) + body)
