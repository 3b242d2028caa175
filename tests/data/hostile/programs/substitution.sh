#: family = "memory"
#: idea = "Collects endless output in a variable."
#: ends = ["memory_limit_exceeded", "time_limit_exceeded"]
#: limits = { cpu_s = 5, wall_s = 20 }
all=$(yes rewardbox)
