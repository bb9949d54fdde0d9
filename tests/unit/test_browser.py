"""A browser is told a private file, never the URL; a stub browser reads what it is told."""

import os
from collections.abc import Iterator
from contextlib import suppress
from html.parser import HTMLParser
from pathlib import Path

import psutil
import pytest

from nbtui.client.browser import commands, open_url
from nbtui.client.redirect import page, write_redirect
from nbtui.clock import Clock, SystemClock
from waiting import until

URL = "http://localhost:8889/user/a%20b/lab?token=s3cret&x=1"
STUB = """#!/bin/sh
exec 3>&1
{ printf '%s\\n' "$@"; tr '\\0' ' ' </proc/$$/cmdline; echo; readlink /proc/$$/fd/0 /proc/$$/fd/3; } >"$0.told"
for last; do :; done
cp "${last#file://}" "$0.read"
mv "$0.told" "$0.said"
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """Redirects lie below it; those that delete them are ended with the test."""
    yield tmp_path
    for child in psutil.Process().children():
        with suppress(psutil.Error):  # it ended by itself meanwhile
            if str(tmp_path) in " ".join(child.cmdline()):
                child.kill()


def browser(home: Path, name: str = "browser", script: str = STUB) -> Path:
    path = home / name
    path.write_text(script)
    path.chmod(0o755)
    return path


class StandingClock(SystemClock):
    """No grace runs out, however slow the machine is."""

    def monotonic(self) -> float:
        return 0.0


def opened(environ: dict[str, str], clock: Clock | None = None) -> bool:
    return open_url(URL, environ=environ, clock=clock or SystemClock())


def said(program: Path) -> list[str]:
    """What the stub was told: its arguments, its argv, its stdin and stdout."""
    told = Path(f"{program}.said")
    until(told.exists, what="the browser")
    return told.read_text().splitlines()


class Links(HTMLParser):
    """Where a page leads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        if tag == "a":
            self.found.append(str(facts["href"]))
        if facts.get("http-equiv") == "refresh":
            self.found.append(str(facts["content"]).removeprefix("0;url="))


def test_the_browser_is_told_a_private_file_that_leads_to_the_url(home: Path) -> None:
    program = browser(home)
    environ = {"BROWSER": str(program), "HOME": str(home), "PATH": os.environ["PATH"]}
    assert opened(environ)
    told = said(program)
    path = Path(told[0].removeprefix("file://"))
    assert path.parent == home
    assert path.stat().st_mode & 0o777 == 0o600
    assert Links(Path(f"{program}.read").read_text()).found == [URL, URL]
    assert "s3cret" not in "".join(told)
    assert told[-2:] == ["/dev/null", "/dev/null"]


def test_no_program_that_runs_has_the_token_in_its_arguments(home: Path) -> None:
    program = browser(home, script="#!/bin/sh\nexec sleep 5\n")
    opened({"BROWSER": str(program), "HOME": str(home), "PATH": os.environ["PATH"]})
    ours = psutil.Process().children(recursive=True)
    assert ours
    assert not [one for one in ours if "s3cret" in " ".join(one.cmdline())]


@pytest.mark.parametrize(
    ("value", "arguments"),
    [
        ("{b} --new-tab %s --quiet", ["--new-tab", "PAGE", "--quiet"]),
        ("{b} --app=%s &", ["--app=PAGE"]),
        ("{b} 'a b'", ["a b", "PAGE"]),
        ("no-such-browser:lynx:{b}", ["PAGE"]),
        ("it's:{b} $(touch evil)", ["$(touch", "evil)", "PAGE"]),
    ],
    ids=["percent", "background", "quotes", "several", "no shell"],
)
def test_every_form_of_the_variable_is_honoured_without_a_shell(
    home: Path, value: str, arguments: list[str]
) -> None:
    script = '#!/bin/sh\nprintf "%s\\n" "$@" >"$0.told"\nmv "$0.told" "$0.said"\n'
    program = browser(home, script=script)
    environ = {
        "BROWSER": value.format(b=program),
        "HOME": str(home),
        "PATH": os.environ["PATH"],
    }
    assert opened(environ)
    told = said(program)
    assert [word.split("file://")[0] for word in told] == [
        word.replace("PAGE", "") for word in arguments
    ]


def test_a_launcher_that_gives_up_at_once_leaves_it_to_the_next(home: Path) -> None:
    for name in ("xdg-open", "gio", "x-www-browser"):
        browser(home, name, "#!/bin/sh\nexit 3\n")
    program = browser(home, "firefox")
    environ = {"DISPLAY": ":7", "HOME": str(home), "PATH": f"{home}:{os.environ['PATH']}"}
    assert opened(environ, StandingClock())
    assert said(program)


def test_when_every_launcher_gives_up_there_is_no_browser(home: Path) -> None:
    program = browser(home, script="#!/bin/sh\nexit 3\n")
    environ = {"BROWSER": str(program), "HOME": str(home), "PATH": "/usr/bin:/bin"}
    assert not opened(environ, StandingClock())


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"SSH_CONNECTION": "1 2 3 4"},
        {"DISPLAY": ":0", "WSL_DISTRO_NAME": "Debian"},
        {"DISPLAY": ":0", "BROWSER": "lynx:/usr/bin/w3m %s"},
    ],
    ids=["no display", "remote login", "wsl", "text browsers only"],
)
def test_where_there_is_no_browser_nothing_is_written_and_that_is_said(
    home: Path, environ: dict[str, str]
) -> None:
    for name in ("xdg-open", "firefox", "lynx", "w3m"):
        browser(home, name)
    assert not opened({"HOME": str(home), "PATH": str(home), **environ})
    assert not list(home.glob("*.html"))


def test_a_browser_that_was_chosen_goes_before_the_desktops() -> None:
    environ = {"DISPLAY": ":0", "BROWSER": "mine"}
    assert list(commands(environ)) == [("mine",)]
    assert next(commands({"WAYLAND_DISPLAY": "w"})) == ("xdg-open",)


@pytest.mark.parametrize(
    "url", ["http://h/'\"><script>alert(1)</script>&amp;", "https://h/\u2028?a=1;b='2'"]
)
def test_no_character_of_a_url_gets_out_of_its_place(url: str) -> None:
    text = page(url)
    assert Links(text).found == [url, url]
    assert text.count("<script>") == text.count("</script>") == 1
    assert text.isascii() or "\u2028" not in text.split("</script>")[0]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", ""])
def test_only_web_pages_are_opened(home: Path, url: str) -> None:
    with pytest.raises(ValueError, match="web pages"):
        write_redirect(url, environ={"HOME": str(home)}, clock=SystemClock())


def test_the_download_folder_is_taken_when_there_is_one(home: Path) -> None:
    (home / "Downloads").mkdir()
    path = write_redirect(URL, environ={"HOME": str(home)}, clock=SystemClock())
    assert path.parent == home / "Downloads"


def test_the_download_folder_may_have_a_name_in_another_language(home: Path) -> None:
    (home / "Téléchargements").mkdir()
    (home / ".config").mkdir()
    (home / ".config/user-dirs.dirs").write_text(
        '# written by xdg-user-dirs-update\nXDG_DOWNLOAD_DIR="$HOME/Téléchargements"\n'
    )
    path = write_redirect(URL, environ={"HOME": str(home)}, clock=SystemClock())
    assert path.parent == home / "Téléchargements"


def test_where_the_home_takes_no_file_another_folder_does(home: Path) -> None:
    environ = {"HOME": str(home / "gone")}
    path = write_redirect(URL, environ=environ, clock=SystemClock(), lifetime=0.1)
    assert path.parent != home
    until(lambda: not path.exists(), what="the end of the file")


def test_the_file_goes_away_by_itself(home: Path) -> None:
    environ = {"HOME": str(home)}
    path = write_redirect(URL, environ=environ, clock=SystemClock(), lifetime=0.1)
    until(lambda: not path.exists(), what="the end of the file")


def test_a_file_that_was_left_behind_goes_away_with_the_next(home: Path) -> None:
    left = home / "nbtui-redirect-old.html"
    other = home / "nbtui-report.html"
    for path in (left, other):
        path.write_text("x")
        os.utime(path, (1.0, 1.0))
    write_redirect(URL, environ={"HOME": str(home)}, clock=SystemClock())
    assert not left.exists()
    assert other.exists()
