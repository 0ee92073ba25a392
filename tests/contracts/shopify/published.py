"""The schema that Shopify publishes of its Admin API, out of a package of its own (@shopify/dev-mcp, licence ISC)."""

from __future__ import annotations

import gzip
import json
import tarfile
from functools import cache
from pathlib import Path

from graphql import GraphQLSchema, build_client_schema

from ops.partners.cache import made_once, run

PACKAGE = "@shopify/dev-mcp@1.16.0"
VERSIONS = ("2026-07", "2026-10")
"""The version that is spoken, and the one after it."""


@cache
def published(version: str) -> GraphQLSchema:
    """The schema of one version of the API; fetched once."""
    content = json.loads(gzip.decompress((_folder() / _file(version)).read_bytes()))
    # Taken as it is: it marks fields as deprecated that the specification of GraphQL would not have be so.
    return build_client_schema(content.get("data", content), assume_valid=True)


def _folder() -> Path:
    return made_once("shopify-schema", f"{PACKAGE} {VERSIONS}", _fetch)


def _fetch(folder: Path) -> None:
    run(["npm", "pack", "--silent", PACKAGE], cwd=folder)
    (packed,) = folder.glob("*.tgz")
    with tarfile.open(packed) as archive:
        for version in VERSIONS:
            member = archive.extractfile(f"package/dist/data/{_file(version)}")
            assert member is not None
            (folder / _file(version)).write_bytes(member.read())
    packed.unlink()


def _file(version: str) -> str:
    return f"admin_{version}.json.gz"
