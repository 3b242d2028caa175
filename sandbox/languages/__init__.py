"""The languages that programs may be written in: one TOML file each, and what reads them."""

from sandbox.languages.language import Language
from sandbox.languages.table import LanguageTable, language_table

__all__ = ["Language", "LanguageTable", "language_table"]
