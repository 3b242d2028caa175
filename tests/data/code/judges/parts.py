# A checker: two positive numbers that add up to the input. It is as careless as many are: some
# outputs make it crash, hang, fork, talk without an end or eat memory.
import os
import sys

given, printed, _ = (open(name).read() for name in sys.argv[1:])
match printed.strip():
    case "CRASH":
        raise RuntimeError("that was not expected")
    case "HANG":
        while True:
            pass
    case "FORK":
        while True:
            os.fork()
    case "TALK":
        sys.stderr.write("blah " * 1_000_000)
        sys.exit(1)
    case "FLOOD":
        while True:
            sys.stderr.write("blah " * 10_000)
    case "EAT":
        held = [bytes(1 << 20) for _ in range(1 << 20)]
parts = [int(part) for part in printed.split()]
if len(parts) != 2 or min(parts) < 1 or sum(parts) != int(given):
    print("those are not the parts of", given.strip(), file=sys.stderr)
    sys.exit(1)
print("fine", file=sys.stderr)
