"""The API's description in OpenAPI 3.1, made of the router's own table: neither has what the other lacks."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from tracker.storyboard.described_objects import (
    BODIES,
    FLAG,
    NUMBER,
    OBJECTS,
    TEXT,
    Schema,
    many,
    ref,
)
from tracker.storyboard.described_operations import TOLD, Told

_NUMBERED = re.compile(r".*_id$|^(marker|offset|limit)$")
_FLAGS = ("archived",)
_BY_NAME = ("name", "gid", "tid", "uid")
"""What in an address may be a name: of a project, a group, a team; `self` stands for who asks."""
_NAME: Schema = {"type": "string", "pattern": "^[^/]*[^./][^/]*$"}
_ANY_ITEM: Schema = {"anyOf": [ref("Item"), ref("FilledItem")]}
_ERRORS = {
    400: "What was sent can't be taken: the answer says what and why.",
    401: "Say who you are: `Authorization: Bearer` with a token.",
    403: "That is not for who asks.",
    404: "There is no such thing, or it is not for who asks.",
    409: "It is so already.",
}


def description(answers: Mapping[str, Callable[..., Any]], name: str, version: str) -> Schema:
    """Return the description of what answers, by `METHOD path`; name: the hub's."""
    paths: dict[str, dict[str, Any]] = {}
    for operation, answer in answers.items():
        method, _, path = operation.partition(" ")
        told = _operation(operation, answer, TOLD[operation])
        paths.setdefault(f"/{path.replace('+}', '}')}", {})[method.lower()] = told
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{name}: StoryBoard's API", "version": version},
        "servers": [{"url": "/api/v1"}, {"url": "/v1"}],
        "security": [{}, {"token": []}],
        "paths": paths,
        "components": {
            "schemas": {**OBJECTS, **BODIES},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(operation: str, answer: Callable[..., Any], told: Told) -> Schema:
    path = operation.partition(" ")[2]
    found: dict[str, Any] = {
        "tags": [path.partition("/")[0]],
        "summary": (answer.__doc__ or "").partition("\n")[0],
        "parameters": [
            *(_in_path(operation, name) for name in re.findall(r"{(\w+)\+?}", path)),
            *(_in_query(name) for name in told.arguments),
        ],
        "responses": {**_answered(told), **{str(code): _refused(code) for code in _ERRORS}},
    }
    if told.body:
        found["requestBody"] = {"content": {"application/json": {"schema": ref(told.body)}}}
    return found


def _in_path(operation: str, name: str) -> Schema:
    schema = _NAME if name in _BY_NAME or operation == "POST tags/{id}" else NUMBER
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _in_query(name: str) -> Schema:
    schema = NUMBER if _NUMBERED.match(name) else FLAG if name in _FLAGS else TEXT
    return {"name": name, "in": "query", "schema": schema}


def _answered(told: Told) -> Schema:
    if not told.answer:
        return {"204": {"description": "Done; there is nothing to tell."}}
    content = {"application/json": {"schema": _schema(told.answer)}}
    return {"200": {"description": told.answer.strip("[]"), "content": content}}


def _schema(answer: str) -> Schema:
    if answer == "[AnyItem]":
        return many(_ANY_ITEM)
    if answer == "Description":
        return {"type": "object"}
    return many(ref(answer.strip("[]"))) if answer.startswith("[") else ref(answer)


def _refused(code: int) -> Schema:
    shapes = {"anyOf": [ref("Fault"), ref("Misfit"), ref("Denied")]}
    content = {"application/json": {"schema": shapes}, "text/plain": {"schema": TEXT}}
    return {"description": _ERRORS[code], "content": content}
