"""What kind of file some bytes are, and whether a browser may show it. Pure.

It goes by the bytes, never by what a name or a browser says: what is no picture and no plain text is
`application/octet-stream` and only ever saved. SVG and HTML can run scripts: they are text to read.
"""

import unicodedata

OTHER = "application/octet-stream"
TEXT = "text/plain"
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_LONGEST_NAME = 120


def kind_of(data: bytes) -> str:
    """Return the media type of a file."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return TEXT if _is_text(data) else OTHER


def is_picture(kind: str) -> bool:
    """Tell whether pages may show a file as a picture."""
    return kind in PICTURES


def right_name(name: str) -> str:
    """Return a file's name as it is kept: no folders, no control or turning characters, not too long."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    shown = "".join(
        char for char in last if unicodedata.category(char)[0] not in "CZ" or char == " "
    )
    kept = " ".join(shown.split()).strip(".") or "file"
    if len(kept) <= _LONGEST_NAME:
        return kept
    stem, dot, ending = kept.rpartition(".")
    if not dot or len(ending) > 10:
        return kept[:_LONGEST_NAME]
    return f"{stem[: _LONGEST_NAME - len(ending) - 1]}.{ending}"


def _is_text(data: bytes) -> bool:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return "\x00" not in text
