"""The language table: finds a language by any of its names."""

import functools
import tomllib
from collections.abc import Iterable
from importlib import resources
from pathlib import PurePath

from sandbox.errors import UnknownLanguage
from sandbox.languages.entry import read_languages
from sandbox.languages.language import Language

_QUOTED_CHARACTERS = 100


class LanguageTable:
    """All languages, in the order of their names. Raises ValueError when two share a name."""

    def __init__(self, languages: Iterable[Language]) -> None:
        self.languages = sorted(languages, key=lambda language: language.name)
        self._by_name: dict[str, Language] = {}
        for language in self.languages:
            for name in (language.name, *language.aliases):
                other = self._by_name.setdefault(name, language)
                if other is not language:
                    raise ValueError(f"{name!r} names both {other.name} and {language.name}")

    def find(self, name: str) -> Language:
        """Raises UnknownLanguage."""
        language = self._by_name.get(name) or self._by_name.get(name.lower())
        if language is None:
            known = ", ".join(language.name for language in self.languages)
            raise UnknownLanguage(
                f"unknown language {name[:_QUOTED_CHARACTERS]!r}; there are {known}"
            )
        return language

    def of_file(self, path: PurePath) -> Language | None:
        """The language that files of this extension are written in."""
        for language in self.languages:
            if path.suffix.lower() in language.extensions:
                return language
        return None


@functools.cache
def language_table() -> LanguageTable:
    """The table in the files beside this module, read once."""
    languages: list[Language] = []
    for file in resources.files(__package__).iterdir():
        if file.name.endswith(".toml"):
            try:
                languages += read_languages(tomllib.loads(file.read_text("utf-8")))
            except ValueError as error:
                raise ValueError(f"language table, {file.name}: {error}") from error
    return LanguageTable(languages)
