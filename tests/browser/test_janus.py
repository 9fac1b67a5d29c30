"""The room of this server, for real: Janus, the web server and two Chromiums in a network of their own."""

import os
import subprocess
import sys

import pytest

from scripts.console import PROJECT, end_with_parent
from scripts.services import find
from tests.support.servers import KEPT_OUT

pytestmark = pytest.mark.browser
# Janus takes no part in what goes over the loopback interface, so the network has another one besides.
NETWORK = """
ip link set lo up && ip link add v0 type veth peer name v1 && ip addr add 10.99.0.1/24 dev v0 &&
ip link set v0 up && ip link set v1 up && exec "$@"
"""


def test_one_speaks_and_another_watches() -> None:
    for program in ("janus", "turnserver", "unshare", "ip", "chromium"):
        assert find(program), (
            f"{program} is missing: apt-get install janus coturn util-linux iproute2 chromium"
        )
    alone = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-rn"]
    walk = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/browser/walk_janus.py"]
    ended = subprocess.run(
        [*alone, "sh", "-c", NETWORK, "sh", *walk],
        cwd=PROJECT,
        env={
            name: value for name, value in os.environ.items() if name not in {*KEPT_OUT, "TEST_DATABASE_URL"}
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        preexec_fn=end_with_parent,
    )
    assert ended.returncode == 0, ended.stdout
