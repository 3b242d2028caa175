#: family = "memory"
#: idea = "All memory at once."
#: ends = ["memory_limit_exceeded"]
x = b"x" * (1 << 35)
