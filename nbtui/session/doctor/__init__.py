"""`nbtui doctor NAME`: every layer from the profile to a kernel is looked at, and nothing is changed.

`exam` goes through the layers, `way_in`, `host` and `tunnel` gather, `verdicts` judges what they found and is pure.
"""
