"""Applications over one set of services after another; what their routes take is worked out once for all of them."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.routing import Mount, Route

from api import app as ours
from api.services import Services

_FIRST: list[FastAPI] = []


def create_app(services: Services) -> FastAPI:
    """The API, with the routes and the description of the first that was made here.

    For each application anew, FastAPI works out at its first request what its routes take, which was most of the time
    of a test that asks once. No route knows the services: it finds them through the request.
    """
    app = ours.create_app(services)
    if not _FIRST:
        _FIRST.append(app)
    own = [route for route in app.router.routes if isinstance(route, Route | Mount)]
    known = [route for route in _FIRST[0].router.routes if not isinstance(route, Route | Mount)]
    app.router.routes[:] = [*own, *known]
    if app is not _FIRST[0]:
        app.openapi = _FIRST[0].openapi  # type: ignore[method-assign]  # as api/http/documentation.py does
    return app
