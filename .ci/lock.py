"""Pins all that the tests install, with hashes, for the system that this runs on: run ``make lock``.

Pip itself says what it would install from the index that it is configured with; nothing is installed.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / ".ci" / "requirements.lock"
HEAD = """\
# All that the tests install, pinned with hashes: Linux on x86-64, Python {}.{}. Made by `make lock`.
"""


def main() -> None:
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet", "--report", "-"]
    report = subprocess.run([*command, f"{ROOT}[test]"], check=True, stdout=subprocess.PIPE).stdout  # noqa: S603
    pins = {}
    for package in json.loads(report)["install"]:
        name, version = package["metadata"]["name"], package["metadata"]["version"]
        if name != "xlremic":
            digest = package["download_info"]["archive_info"]["hashes"]["sha256"]
            pins[re.sub(r"[-_.]+", "-", name).lower()] = f"{name}=={version} \\\n    --hash=sha256:{digest}\n"
    LOCK.write_text(HEAD.format(*sys.version_info) + "".join(pins[name] for name in sorted(pins)), encoding="utf-8")


if __name__ == "__main__":
    main()
