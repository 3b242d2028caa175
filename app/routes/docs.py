"""`/docs`: the API as a page that can be tried out, with nothing loaded from elsewhere."""

from importlib.resources import files

from fastapi import APIRouter, Response
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import RedirectResponse
from starlette.staticfiles import StaticFiles

router = APIRouter(include_in_schema=False)

#: Mounted under `/docs/static` by `app.main`.
STATIC = StaticFiles(directory=str(files("fastapi_offline") / "static"), check_dir=False)


@router.get("/")
async def root() -> Response:
    return RedirectResponse("docs")


@router.get("/docs")
async def docs() -> Response:
    # Relative, so that the page also works behind a proxy that adds a prefix.
    return get_swagger_ui_html(
        openapi_url="openapi.json",
        title="Rewardbox",
        swagger_js_url="docs/static/swagger-ui-bundle.js",
        swagger_css_url="docs/static/swagger-ui.css",
        swagger_favicon_url="docs/static/favicon.png",
    )
