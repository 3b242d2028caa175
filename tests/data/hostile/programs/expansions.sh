#: family = "memory"
#: idea = "An expansion that is larger than memory."
#: ends = ["memory_limit_exceeded", "time_limit_exceeded"]
#: limits = { cpu_s = 5, wall_s = 20 }
echo {1..9}{0..9}{0..9}{0..9}{0..9}{0..9}{0..9}{0..9}{0..9} | wc -c
