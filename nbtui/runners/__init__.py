"""Ways to outlive our connection; each satisfies `nbtui.model.runner.Runner` and knows no other."""
