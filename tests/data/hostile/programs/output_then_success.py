#: family = "output"
#: idea = "Writes a little more than is allowed and ends well before anybody can stop it."
#: ends = ["output_limit_exceeded"]
import os

os.write(1, b"x" * 60_000)
os.write(2, b"x" * 60_000)
os.set_blocking(1, True)
os.write(1, b"x" * (1 << 20))
os._exit(0)
