"""``python -m batonpass`` is the ``batonpass`` command."""

from .ui.cli import main

main()
