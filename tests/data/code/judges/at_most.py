# A checker of what an interactor wrote down: at most so many questions as the answer allows.
import sys

_, written, answer = (open(name).read() for name in sys.argv[1:])
sys.exit(0 if int(written) <= int(answer) else 1)
