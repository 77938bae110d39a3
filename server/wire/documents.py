"""/api/openapi.json and /api/asyncapi.json, made from the models: what is documented is what is checked."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from server.core.live import commands as c
from server.wire.messages import (
    OUTGOING,
    Ack,
    AdultBeside,
    DeviceState,
    ReportConcern,
    Resync,
    SaveDraft,
    Signal,
    TalkShare,
)

STUDENT_COMMANDS: tuple[type[BaseModel], ...] = (
    *c.StudentCommand.__args__,
    SaveDraft,
    ReportConcern,
    DeviceState,
    AdultBeside,
    TalkShare,
    Resync,
)
TEACHER_COMMANDS: tuple[type[BaseModel], ...] = (
    *c.TeacherRoomCommand.__args__,
    c.ProposeRooms,
    c.ArrangeRooms,
    *(command for command in c.SessionCommand.__args__ if command is not c.LayOutRooms),
    DeviceState,
    Resync,
)


def asyncapi(version: str) -> dict[str, Any]:
    """Return the AsyncAPI 3.0 document of the live socket."""
    commands = tuple(dict.fromkeys((*STUDENT_COMMANDS, *TEACHER_COMMANDS)))
    models = (*commands, Ack, Signal, *OUTGOING.values())
    names, schemas = models_json_schema(
        [(model, "validation") for model in models], ref_template="#/components/schemas/{model}"
    )
    reference = {model: names[(model, "validation")] for model in models}
    messages = {
        model.__name__: {"name": model.__name__, "summary": _first_line(model), "payload": reference[model]}
        for model in models
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Havruta live socket",
            "version": version,
            "description": "Socket.IO 4 (Engine.IO 4), websocket only. A `command` carries a client-made `id` beside the "
            "fields below and is acknowledged after the commit; sending it again with the same id has no second effect. "
            "Who sends it is taken from the connection; where two learners share a device, `as` beside the id says which "
            "of the two. Students connect under /s/{student}/socket.io/, who comes by a link under /p/{pass}/socket.io/, teachers under "
            "/socket.io/, both with auth {session, tab}.",
        },
        "channels": {
            "command": _channel("command", commands),
            "acknowledgement": _channel("acknowledgement", (Ack,)),
            "signal": _channel("signal", (Signal,)),
            **{event: _channel(event, (model,)) for event, model in OUTGOING.items() if event != "signal"},
            "signal_out": _channel("signal", (OUTGOING["signal"],)),
        },
        "operations": {
            "student_sends": _operation("receive", "command", STUDENT_COMMANDS),
            "teacher_sends": _operation("receive", "command", TEACHER_COMMANDS),
            "relay_signal": _operation("receive", "signal", (Signal,)),
            **{
                f"send_{event}": _operation("send", "signal_out" if event == "signal" else event, (model,))
                for event, model in OUTGOING.items()
            },
        },
        "components": {"messages": messages, "schemas": schemas.get("$defs", {})},
    }


def _first_line(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip().partition("\n")[0]


def _channel(address: str, models: tuple[type[BaseModel], ...]) -> dict[str, Any]:
    return {
        "address": address,
        "messages": {model.__name__: {"$ref": f"#/components/messages/{model.__name__}"} for model in models},
    }


def _operation(action: str, channel: str, models: tuple[type[BaseModel], ...]) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{model.__name__}"} for model in models],
    }


def openapi(version: str) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the HTTP interface that programs may use (pages for people are not in it)."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Havruta", "version": version, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "paths": {
            "/healthz": {"get": _get("The process is alive.", "200", "text/plain")},
            "/readyz": {
                "get": _get("The database (and Redis, where configured) answers.", "200", "application/json")
                | {"responses": {"200": _json("Ready."), "503": _json("Not ready; says what is missing.")}}
            },
            "/metrics": {"get": _get("Figures for Prometheus.", "200", "text/plain")},
            "/api/openapi.json": {"get": _get("This document.", "200", "application/json")},
            "/api/asyncapi.json": {"get": _get("The live socket's messages.", "200", "application/json")},
            "/api/lessons/{hash}": {
                "get": {
                    "summary": "A lesson's steps and text by content hash; never changes.",
                    "parameters": [_path("hash", "SHA-256 in hexadecimal", r"^[0-9a-f]{64}$")],
                    "responses": {
                        "200": _json("The lesson."),
                        "404": _json("No lesson with this hash (code not_found)."),
                    },
                }
            },
            "/api/messages/{language}": {
                "get": {
                    "summary": "The interface's messages in a language: English message → translation, or plural forms.",
                    "parameters": [_path("language", "A language tag", r"^[a-z]{2,3}(-[A-Za-z]+)?$")],
                    "responses": {
                        "200": _json("Messages."),
                        "404": _json("Not a language of this server (not_found)."),
                    },
                }
            },
        },
    }


def _get(summary: str, status: str, content: str) -> dict[str, Any]:
    return {"summary": summary, "responses": {status: {"description": summary, "content": {content: {}}}}}


def _json(description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": {"type": "object"}}}}


def _path(name: str, description: str, pattern: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": {"type": "string", "pattern": pattern},
    }
