"""``python -m xlremic``."""

from .cli import main

main(prog_name="xlremic")
