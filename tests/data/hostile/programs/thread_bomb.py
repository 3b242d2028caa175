#: family = "processes"
#: idea = "Starts threads until it is told no, then keeps them all busy."
#: ends = ["time_limit_exceeded", "memory_limit_exceeded"]
import threading


def spin():
    while True:
        pass


while True:
    try:
        threading.Thread(target=spin, daemon=True).start()
    except RuntimeError:
        pass
