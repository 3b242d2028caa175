"""Looks for tasks that cannot be judged right, by their own solutions and by trivial programs."""
