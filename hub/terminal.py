"""What strangers wrote, fit for an operator's terminal: nothing in it steers, hides or breaks it."""


def on_one_line(text: str) -> str:
    """Return a text as one line in which control, direction and broken characters are spelled out.

    A log's line may hold escape sequences, a file's name bytes that are no text.
    """
    return "".join(char if char.isprintable() else _spelled(char) for char in text)


def _spelled(char: str) -> str:
    return char.encode("unicode_escape").decode()
