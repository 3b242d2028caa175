#: family = "memory"
#: idea = "Recursion without an end, with the interpreter's own guard switched off."
#: ends = ["memory_limit_exceeded", "signalled", "time_limit_exceeded", "exited"]
#: limits = { cpu_s = 5, wall_s = 20 }
import sys

sys.setrecursionlimit(1 << 30)


def deeper(x):
    return max([x], key=deeper)  # through the interpreter's own C code


deeper(0)
