"""The API's description, taken apart and compared with answers."""

import asyncio
import itertools
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp

from src.entrypoints.api import create_api
from src.entrypoints.feature import Feature
from src.entrypoints.features import Settings

PROBLEM = "application/problem+json"

# Headers that the server adds to any answer or that OpenAPI has its own word for, and the coding,
# which every client decodes by itself.
GENERIC = {"date", "server", "content-encoding", "content-length", "content-type"}

Document = dict[str, Any]


def described(features: Sequence[Feature[Settings]]) -> Document:
    """The description of a service with these features, as JSON."""
    document: Document = json.loads(json.dumps(create_api(Settings(), features=features).openapi()))
    return document


def operations(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every operation, with its path."""
    for path, item in document["paths"].items():
        for operation in item.values():
            yield path, operation


def standing(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """The operations with answers that do not change by themselves.

    Those are all but those of refreshes, and the metrics.
    """
    for path, operation in operations(document):
        if operation["tags"] != ["Coletas"] and path != "/metrics":
            yield path, operation


def requests(path: str, operation: dict[str, Any]) -> Iterator[str]:
    """The addresses that the parameters' examples make, in every combination.

    A parameter without examples is left out; one that is required has some.
    """
    parameters = [
        each for each in operation.get("parameters", []) if each["required"] or "examples" in each
    ]
    for examples in itertools.product(*(each["examples"].values() for each in parameters)):
        named = list(zip(parameters, examples, strict=True))
        in_path = {each["name"]: of["value"] for each, of in named if each["in"] == "path"}
        query = {each["name"]: of["value"] for each, of in named if each["in"] == "query"}
        yield f"{path.format(**in_path)}{'?' if query else ''}{urlencode(query)}"


def examples(node: Any) -> Iterator[tuple[dict[str, Any], Any]]:
    """Every example in this part of the document, with the schema that it must match."""
    if isinstance(node, list):
        for each in node:
            yield from examples(each)
    if not isinstance(node, dict):
        return
    if "schema" in node:  # a parameter, a header or a content
        named = node.get("examples", {}).values()
        yield from ((node["schema"], each["value"]) for each in named)
        if "example" in node:
            yield node["schema"], node["example"]
    elif "examples" in node:  # a schema
        yield from ((node, each) for each in node["examples"])
    for name, each in node.items():
        if name not in {"example", "examples"}:
            yield from examples(each)


def shown(content: dict[str, Any]) -> list[Any]:
    """The examples of one media type: the only one, or all named ones."""
    named = [each["value"] for each in content.get("examples", {}).values()]
    return [content["example"]] if "example" in content else named


def resolved(document: Document, headers: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The descriptions of these headers, by their names in lower case."""
    return {
        name.lower(): document["components"]["headers"][each["$ref"].rpartition("/")[2]]
        for name, each in headers.items()
    }


async def head(
    session: aiohttp.ClientSession, address: str, headers: dict[str, str]
) -> aiohttp.ClientResponse:
    """The answer without its body, which is read and not decoded."""
    async with session.get(address, headers=headers) as answer:
        return answer


def masked(problem: dict[str, Any]) -> dict[str, Any]:
    """The problem without what varies: its id, and how long to wait."""
    detail = re.sub(r"em \d+ s", "em … s", problem["detail"])
    return {**problem, "detail": detail, **({"id": "…"} if "id" in problem else {})}


async def run(folder: Path, *command: str) -> tuple[int | None, str]:
    """Runs `python -m …` in this folder; returns its exit status and what it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *command),
        cwd=folder,
        # None of our code runs in it, so nothing is to be measured.
        env={name: value for name, value in os.environ.items() if "COVERAGE" not in name},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()
