"""What the site has beside this folder: the samples, to which pages link as they stand in the repository."""

from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent
BESIDE = "samples"


def on_files(files: Files, config: Any) -> Files:
    """Adds the samples to the site."""
    for path in sorted((ROOT / BESIDE).iterdir()):
        files.append(File.generated(config, f"{BESIDE}/{path.name}", abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Links to the samples, seen from the site."""
    return markdown.replace(f"](../{BESIDE}/", f"]({BESIDE}/")
