"""Names of sessions and texts of settings: escapes, and bytes of whatever code page. Pure.

PuTTY escapes what a registry key or a file cannot be called, byte by byte, in the code page that it ran under.
Source: mungestr and unmungestr of PuTTY's windows/storage.c, make_session_filename of unix/storage.c.
"""

from urllib.parse import unquote_to_bytes


def unescaped(name: str, code_page: str) -> str:
    """A name as a person sees it.

    >>> unescaped("lab%20box", "cp1252"), unescaped("b%FCro", "cp1252"), unescaped("b%C3%BCro", "cp1252")
    ('lab box', 'büro', 'büro')
    """
    if "%" not in name:
        return name
    return text_of(unquote_to_bytes(name), code_page)


def text_of(raw: bytes, code_page: str) -> str:
    """UTF-8 where it is that, which text of a code page hardly ever is by chance.

    Args: code_page: a codec's name; what it does not know becomes U+FFFD.
    """
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode(code_page, errors="replace")
