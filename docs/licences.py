"""Lists what the product needs, with versions and licences, as installed here: run ``make licences``.

Extras are named as arguments (``python docs/licences.py edgar serve``); without any, what every installation has.
"""

import sys
from collections.abc import Sequence
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent


def licence(package: Distribution) -> str:
    """What a distribution says of its licence: the expression, else the classifiers, else the text's first line."""
    said = package.metadata.json
    named = [one.rpartition(" :: ")[2] for one in said.get("classifier", ()) if one.startswith("License ::")]
    text = str(said.get("license", "")).strip().partition("\n")[0]
    return str(said.get("license_expression") or ", ".join(named) or text or "not stated")


def needed(requirements: Sequence[str], extras: Sequence[str] = ()) -> dict[str, Distribution]:
    """The distributions that requirements bring in, all the way down, by name. Raises: PackageNotFoundError."""
    found: dict[str, Distribution] = {}
    waiting = [(Requirement(text), tuple(extras)) for text in requirements]
    while waiting:
        requirement, chosen = waiting.pop()
        marker = requirement.marker
        if marker is not None and not any(marker.evaluate({"extra": extra}) for extra in ("", *chosen)):
            continue
        package = distribution(requirement.name)
        name = str(package.metadata["Name"])
        if name not in found or requirement.extras:
            found[name] = package
            waiting += [(Requirement(text), tuple(requirement.extras)) for text in package.requires or ()]
    return dict(sorted(found.items(), key=lambda item: item[0].lower()))


def main(extras: Sequence[str]) -> None:
    try:
        packages = needed([f"xlremic[{','.join(extras)}]"])
    except PackageNotFoundError as error:
        raise SystemExit(f"{error.name} is not installed here") from error
    for name, package in packages.items():
        print(f"{name:28} {package.version:14} {licence(package)}")


if __name__ == "__main__":
    main(sys.argv[1:])
