"""``python -m xlremic``."""

from .commands.cli import main

main(prog_name="xlremic")
