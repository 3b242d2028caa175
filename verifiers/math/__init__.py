"""Judges mathematical answers: extracts one, parses it, and compares it with the gold answer."""
