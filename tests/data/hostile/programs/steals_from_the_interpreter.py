#: family = "peeking"
#: idea = "Looks through frames, modules and the collector for what the process held before it was the submission's."
#: ends = ["exited"]
#: says = "searched"
import gc
import sys

frame = sys._getframe()
while frame is not None:
    for name, value in list(frame.f_locals.items()):
        if name in ("expected", "payload", "secret", "tests") or isinstance(value, memoryview):
            print("ESCAPED: a frame holds", name)
    frame = frame.f_back
words = (b"expected_stdout", b"REWARDBOX_API_KEY")
for each in gc.get_objects():
    if isinstance(each, bytes | bytearray) and any(word in each for word in words) and each not in words:
        print("ESCAPED: finds", bytes(each[:80]))
print("searched")
