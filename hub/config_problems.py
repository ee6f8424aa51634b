"""What is wrong with a configuration, in sentences that say how to mend it: all of them at once."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

Place = tuple[str | int, ...]
"""The way to a key, as pydantic tells it: ("network", 0, "port")."""

_RIGHT = {
    "int_type": "should be a whole number without quotes, for example 8723",
    "int_from_float": "should be a whole number",
    "float_type": "should be a number without quotes, for example 0.5",
    "bool_type": "should be true or false, without quotes",
    "string_type": 'should be text in quotes, for example "hub"',
    "model_type": "should be a table: its name in brackets on a line of its own, its keys below",
    "tuple_type": 'should be a list, for example ["a", "b"]',
}
_TABLES = {
    "network": "[[network]]",
    "channel": "[[network.channel]]",
    "oidc": "[[auth.oidc]]",
}
_REQUIRED = {
    "network": "Every [[network]] needs name and host",
    "channel": "Every [[network.channel]] needs a name",
    "oidc": "Every [[auth.oidc]] needs name, issuer and client_id",
}


def sentences(
    error: ValidationError, model: type[BaseModel], where: str, origins: Mapping[Place, str]
) -> Iterator[str]:
    """Yield one sentence for each problem; `origins` says where values come from that are not in the file."""
    for problem in error.errors():
        place: Place = problem["loc"]
        if place:
            yield _ended(f"{origins.get(place, where)}: {_told(dict(problem), model)}")


def duplicates(data: Mapping[str, Any], where: str) -> Iterator[str]:
    """Yield one sentence for each name that is given twice: of a network, a channel within it, a login.

    Looks at the data as given, for it may have other problems too.
    """
    networks = _tables(data.get("network"))
    for name in _twice([str(network.get("name", "")) for network in networks]):
        yield f"{where}: network.name = {name!r}: is given twice. Give each network its own name."
    for number, network in enumerate(networks, 1):
        channels = [str(channel.get("name", "")) for channel in _tables(network.get("channel"))]
        for name in _twice([channel.lower() for channel in channels]):
            yield (
                f"{where}: network.{number}.channel.name = {name!r}: is given twice."
                " Keep one of the two."
            )

    auth = data.get("auth")
    logins = _tables(auth.get("oidc")) if isinstance(auth, dict) else []
    for key in ("name", "issuer"):
        for name in _twice([str(login.get(key, "")) for login in logins]):
            yield f"{where}: auth.oidc.{key} = {name!r}: is given twice. Keep one of the two."


def unknown_variables(
    environ: Mapping[str, str], known: Sequence[str], sections: Sequence[str]
) -> Iterator[str]:
    """Yield one sentence for each variable that looks like a key's and is none's."""
    prefixes = tuple(f"MADANG_{section}_".upper() for section in sections)
    for name in sorted(environ):
        if name.startswith(prefixes) and name not in known:
            yield _ended(f"environment: {name}: there is no such key{_meant(name, known)}")


def _told(problem: dict[str, Any], model: type[BaseModel]) -> str:
    place: Place = problem["loc"]
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
    last = str(place[-1])
    if problem["type"] == "extra_forbidden":
        return f"{key}: there is no such key{_meant(last, _keys(model, place))}"
    if problem["type"] == "missing":
        names = [part for part in place if isinstance(part, str)]
        return f"{key}: is missing. {_REQUIRED.get(names[-2] if names[1:] else '', 'Give it')}"
    value = problem["input"]
    given = f" = {_shown(value)}" if isinstance(value, str | int | float | bool) else ""
    return f"{key}{given}: {_right(problem, last)}"


_SECRET = re.compile(r"(?<=:)[^:@]*(?=@)|(?<=password=)[^&\s]*", re.IGNORECASE)


def _shown(value: object) -> str:
    """Return a value as it was given, but not the password in an address: errors are logged and shared."""
    return _SECRET.sub("***", repr(value)) if isinstance(value, str) else repr(value)


def _right(problem: dict[str, Any], key: str) -> str:
    """Say what would be right."""
    kind = problem["type"]
    if kind == "tuple_type" and key in _TABLES:
        return f"should be given as {_TABLES[key]}, in two pairs of brackets"
    if kind in _RIGHT:
        return _RIGHT[kind]
    message: str = problem["msg"]
    message = message.removeprefix("Value error, ").removeprefix("Input ")
    return message.replace("String should", "should")


def _meant(word: str, known: Sequence[str]) -> str:
    close = get_close_matches(word, known, 1, 0.6)
    return f". Did you mean {close[0]}?" if close else ". See docs/configuration.md for the keys"


def _keys(model: type[BaseModel], place: Place) -> Sequence[str]:
    """Return the keys that there are beside the last one of a place."""
    for part in place[:-1]:
        if isinstance(part, str) and part in model.model_fields:
            model = _model_in(model.model_fields[part].annotation) or model
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _tables(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _twice(names: Sequence[str]) -> list[str]:
    return sorted({name for name in names if name and names.count(name) > 1})


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith("?") else f"{sentence}."
