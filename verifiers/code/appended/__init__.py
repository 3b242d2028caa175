"""Tests that share a process with the program they judge, in languages other than Python."""
