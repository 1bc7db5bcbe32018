"""How the heads are learned and measured."""
