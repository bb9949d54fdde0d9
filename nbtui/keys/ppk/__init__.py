"""PuTTY's private keys (.ppk): `text` reads them, `opening` decrypts them; nothing is written here.

Source: the PuTTY manual, appendix C.
"""
