import subprocess
import sys

CODE = """
import sys
sys.path += ["/tmp", "/box"]
sys.stdout = open("/dev/null", "w")
import cmd, this
try:
    import helper_of_all
except ImportError:
    pass
sys.stdout = sys.__stdout__
"""
exec(CODE)
SAY = CODE + "print(hasattr(sys, 'left_by_the_one_before'))"
again = subprocess.run([sys.executable, "-c", SAY], capture_output=True, text=True).stdout
there = hasattr(sys, "left_by_the_one_before") or "True" in again
print("FOUND" if there else "nothing")
