#: family = "memory"
#: idea = "A megabyte at a time."
#: ends = ["memory_limit_exceeded"]
#: limits = { cpu_s = 5, wall_s = 20 }
kept = []
while True:
    kept.append(bytearray(b"x" * 1_000_000))
