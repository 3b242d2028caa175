"""/docs in a real browser that reaches nothing but the service: it shows the API, and tries it."""

import asyncio
import shutil
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import async_playwright, expect

from app.server import Server
from app.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.browser]


@pytest.fixture
async def address(make_app):
    server = Server(make_app(port=0), Settings(port=0, drain_s=0))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.wait((serving,), timeout=0.01)
        assert not serving.done(), serving.result()
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


@pytest.fixture
async def page():
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page: Any = await browser.new_page()
        page.elsewhere, page.faults = [], []

        async def refuse_elsewhere(route):
            if urlsplit(route.request.url).hostname in ("127.0.0.1", None):
                await route.continue_()
            else:
                page.elsewhere.append(route.request.url)
                await route.abort()

        await page.route("**", refuse_elsewhere)
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        yield page
        await browser.close()


async def test_the_page_shows_the_api_and_tries_it(page, address):
    await page.goto(f"{address}/docs")

    for path in ("/v1/score", "/v1/score/batch", "/v1/run", "/v1/verifiers", "/readyz"):
        await expect(page.locator(f"[data-path='{path}']").first).to_be_visible()
    operation = page.locator("#operations-scoring-score")
    await operation.locator(".opblock-summary").click()
    await operation.get_by_role("button", name="Try it out").click()
    await operation.get_by_role("button", name="Execute").click()
    await expect(operation.locator(".live-responses-table")).to_contain_text('"reward": 1')
    assert page.elsewhere == []
    assert page.faults == []
