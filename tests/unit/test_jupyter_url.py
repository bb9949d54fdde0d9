"""The URL that a browser gets."""

from urllib.parse import parse_qs, urlsplit

from hypothesis import given, strategies as st

from nbtui.model.host import JupyterServer
from nbtui.remote.jupyter import page_url


def server(base_url: str, token: str = "", *, secure: bool = False) -> JupyterServer:
    return JupyterServer(
        pid=7, port=8888, address="127.0.0.1", token=token, base_url=base_url, secure=secure
    )  # fmt: skip


def test_it_is_the_local_port_and_has_no_token_unless_asked() -> None:
    assert page_url(server("/", "s3cret"), 8889) == "http://localhost:8889/"
    assert (
        page_url(server("/", "s3cret"), 8889, token=True)
        == "http://localhost:8889/?token=s3cret"
    )


def test_a_server_with_https_is_opened_with_https() -> None:
    assert page_url(server("/", secure=True), 1) == "https://localhost:1/"


def test_a_server_without_a_token_gets_no_empty_one() -> None:
    assert page_url(server("/"), 8889, token=True) == "http://localhost:8889/"


def test_what_was_encoded_is_not_encoded_again() -> None:
    assert page_url(server("/user/a%40b/"), 1) == "http://localhost:1/user/a%40b/"


@given(st.text(), st.text(min_size=1))
def test_no_base_url_leads_to_another_host_or_out_of_the_path(
    base: str, token: str
) -> None:
    url = page_url(server(base, token), 8889, token=True)
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.fragment) == ("http", "localhost:8889", "")
    assert parse_qs(parts.query, strict_parsing=True) == {"token": [token]}
    assert url.isascii()
    assert not set(url) & set(" \"'<>\\")
