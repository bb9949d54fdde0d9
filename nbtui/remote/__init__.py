"""Questions to a host: the probe, Jupyter's API, which server to use, what size would do."""
