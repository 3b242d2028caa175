#: family = "memory"
#: idea = "Asks for more than any machine has and is refused; handled, that is no offence."
#: ends = ["exited"]
#: says = "refused"
try:
    bytearray(1 << 60)
except MemoryError:
    print("refused")
