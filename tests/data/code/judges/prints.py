# A checker as CMS calls one: input, answer, output; points go to standard output.
import sys

given, answer, printed = (open(name).read().split() for name in sys.argv[1:])
print(100 if sorted(printed) == sorted(answer) else 0)
print("translate:success", file=sys.stderr)
