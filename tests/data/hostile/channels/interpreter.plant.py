#: family = "channels"
#: idea = "Changes to built-ins, modules, hooks, the environment and the interpreter's own C data."
import builtins
import ctypes
import gc
import json
import os
import random
import sys
import threading

builtins.print_before, builtins.sum = print, lambda *_: 666
json.loads = lambda *_, **__: "left-by-the-one-before"
sys.modules["math"].sqrt = lambda x: 666
sys.modules["left_by_the_one_before"] = sys
os.environ["LEFT_BY_THE_ONE_BEFORE"] = "1"
sys.path.insert(0, "/left-by-the-one-before")
sys.setrecursionlimit(77_777)
sys.settrace(lambda *_: None)
threading.excepthook = sys.excepthook = lambda *_: None
random.seed(666)
gc.disable()
class _Digit(ctypes.Structure):
    _fields_ = [("head", ctypes.c_ssize_t * 3), ("digit", ctypes.c_uint32)]
_Digit.from_address(id(251)).digit = 1
os.umask(0o777)
os.nice(1)
print("planted")
