"""Formats of key material as text and bytes; no connection is made here."""
