"""The page that is written from the table."""

from pathlib import Path

from sandbox.languages import language_table
from sandbox.languages.document import document

PAGE = Path(__file__).parents[3] / "docs" / "languages.md"


def test_the_page_is_current():
    assert document() == PAGE.read_text("utf-8"), "the table has changed: make languages"


def test_every_language_is_on_it_with_every_name():
    page = document()
    for language in language_table().languages:
        assert f"### {language.title}\n" in page
        for name in (language.name, *language.aliases):
            assert f"`{name}`" in page
