"""The service of somebody who is not root, in a folder of their own: what most people have."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import pytest

from tests.test_readme import REQUESTS, check_request

ROOT = Path(__file__).parents[2]
USER = 61_234
"""Nobody has this number: to the machine it is a user like any other."""
AS_USER = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
PLAIN = {"PATH": os.defpath}
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
SITE_PACKAGES = f".venv/lib/python{VERSION}/site-packages"
#: Our packages in the user's environment, for this process and those below it: to install them
#: again would take minutes, and the user may not enter the folders that they are in.
_WITH_PACKAGES = """
cd "$1"
mount --bind "$2" "$3"
shift 3
exec "$@"
"""

pytestmark = [
    pytest.mark.namespaces,
    pytest.mark.xdist_group("ordinary user"),
    pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else"),
]


@pytest.fixture(scope="module")
def checkout():
    """A copy of what is tracked here, in a folder that belongs to the user, with an environment."""
    if run([*AS_USER, "unshare", "--user", "true"]).returncode:
        pytest.skip("users other than root cannot make user namespaces here")
    if run([*AS_USER, f"python{VERSION}", "--version"], env=PLAIN).returncode:
        pytest.skip(f"there is no python{VERSION} for everybody on this machine")
    # Not in pytest's own folder, which others than root cannot enter.
    home = Path(tempfile.mkdtemp(prefix="rewardbox-user-"))
    try:
        copy = home / "rewardbox"
        for name in run(["git", "ls-files", "-z"], cwd=ROOT).stdout.rstrip("\0").split("\0"):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
        for path in (home, *home.rglob("*")):
            os.chown(path, USER, USER, follow_symlinks=False)
        make = [f"python{VERSION}", "-m", "venv", "--without-pip", ".venv"]
        run([*AS_USER, *make], cwd=copy, env=PLAIN).check_returncode()
        yield copy
    finally:
        shutil.rmtree(home)


def run(command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


@pytest.fixture(scope="module")
def service(checkout, serving):
    """The address of a service that the user started."""
    mount = [checkout, sysconfig.get_path("purelib"), checkout / SITE_PACKAGES]
    enter = ["unshare", "--mount", "sh", "-euc", _WITH_PACKAGES, "sh", *mount]
    program = [".venv/bin/python", "-c", "from app.cli.main import app; app()"]
    environment = {**PLAIN, "HOME": str(checkout.parent), "PYTHONPATH": str(checkout)}
    with serving(environment, command=[*enter, *AS_USER, *program]) as address:
        yield address


@pytest.mark.parametrize(("command", "shown"), REQUESTS)
def test_every_request_of_the_readme_gets_what_is_shown(service, command, shown):
    check_request(service, command, shown)
