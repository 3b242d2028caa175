"""Verifiers that run programs: by what they print, and by assertions on their functions."""
