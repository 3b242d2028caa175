import builtins
import json
import math
import os
import sys

number = int("200") + int("51")
found = [
    name
    for name, there in {
        "builtins": hasattr(builtins, "print_before") or sum([1, 2]) != 3,
        "json": json.loads("1") != 1,
        "math": math.sqrt(4) != 2,
        "modules": "left_by_the_one_before" in sys.modules,
        "environment": "LEFT_BY_THE_ONE_BEFORE" in os.environ,
        "path": "/left-by-the-one-before" in sys.path,
        "recursion": sys.getrecursionlimit() == 77_777,
        "trace": sys.gettrace() is not None,
        "integers": number * 10 != 2510,
        "umask": os.umask(0) == 0o777,
        "nice": os.nice(0) != 0,
    }.items()
    if there
]
print("FOUND" if found else "nothing", found)
