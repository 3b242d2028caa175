#: family = "channels"
#: idea = "Byte code, and .pth files, under the names of modules that the next one imports: no source is read when they are newer."
import importlib.util
import os
import py_compile
import site
import sys

EVIL = "import sys\nsys.left_by_the_one_before = True\n"
with open("evil.py", "w") as file:
    file.write(EVIL)
places = {*sys.path, *site.getsitepackages(), site.getusersitepackages(), os.getcwd(), "/tmp", "/box"}
for name in ("this", "antigravity", "cmd", "helper_of_all"):
    spec = importlib.util.find_spec(name) if name != "helper_of_all" else None
    targets = [f"{place}/{name}.pyc" for place in places if place]
    if spec is not None:
        targets += [spec.cached, spec.origin]
    for target in targets:
        try:
            os.makedirs(os.path.dirname(target), exist_ok=True)
            py_compile.compile("evil.py", cfile=target, doraise=True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
        except (OSError, py_compile.PyCompileError):
            pass
for place in places:
    try:
        with open(f"{place}/left.pth", "w") as file:
            file.write("import sys; sys.left_by_the_one_before = True\n")
    except OSError:
        pass
os.unlink("evil.py")
print("planted")
