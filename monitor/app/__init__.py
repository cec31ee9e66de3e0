"""The composition root: everything that wires adapters to lanes."""
