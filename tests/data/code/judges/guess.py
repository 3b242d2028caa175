# The same interactor in Python.
import sys

with open(sys.argv[1]) as file:
    secret = int(file.read())
print(1000, flush=True)
for asked in range(11):
    what, number = input().split()
    if what == "!":
        print(f"it is {secret}, you said {number}", file=sys.stderr)
        sys.exit(0 if int(number) == secret else 1)
    print("<" if int(number) < secret else ">" if int(number) > secret else "=", flush=True)
print("too many questions", file=sys.stderr)
sys.exit(1)
