#: family = "channels"
#: idea = "Modules, byte code and .pth files where the next interpreter would import them from."
import json
import os
import site
import sys

home = os.environ["HOME"]
places = [*sys.path, site.getusersitepackages(), f"{home}/.local/lib/python3.{sys.version_info[1]}/site-packages",
    os.path.dirname(json.__file__), "/tmp"]
for place in places:
    try:
        os.makedirs(f"{place}/__pycache__", exist_ok=True)
        for name in ("usercustomize.py", "sitecustomize.py", "helper_of_all.py", "numpy.py"):
            with open(f"{place}/{name}", "w") as file:
                file.write("import sys\nsys.left_by_the_one_before = True\n")
        with open(f"{place}/all.pth", "w") as file:
            file.write("import sys; sys.left_by_the_one_before = True\n")
    except OSError:
        pass
print("planted")
