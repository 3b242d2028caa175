"""The settings themselves, and the page that shows them."""

import re
from pathlib import Path

import pytest

from app.reference import settings_page
from app.settings import Settings
from sandbox import Limits
from sandbox.types import MIB

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_defaults_are_safe_and_those_of_the_contract():
    settings = Settings()

    assert (settings.host, settings.port, settings.api_keys) == ("127.0.0.1", 8080, ())
    assert settings.default_limits == Limits()
    assert settings.sandbox.memory_bytes == 2048 * MIB


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_explained(name):
    assert Settings.model_fields[name].description


def test_the_page_of_settings_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == settings_page(), (
        "write it again: python -m app.reference > docs/settings.md"
    )


def test_the_page_shows_defaults_as_they_are_written():
    defaults = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", settings_page(), re.MULTILINE))

    assert set(defaults) == set(Settings.model_fields)
    assert defaults["tiers"] == "`warm`"
    assert [value for value in defaults.values() if re.search(r"[<>()']", value)] == []


def test_the_page_says_what_a_setting_can_be():
    assert "One of `auto`, `console`, `json`." in settings_page()
    assert "Any of `warm`, `fresh`." in settings_page()
