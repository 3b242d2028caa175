"""The languages that programs may be written in: one TOML file each, and what reads them."""

from sandbox.languages.table import Language, LanguageTable, language_table

__all__ = ["Language", "LanguageTable", "language_table"]
