"""`[keys]` of profiles.toml: what is taken, what is doubted, what is refused."""

import pytest

from nbtui.errors import ConfigError
from nbtui.profiles.profiles_toml import ProfilesText
from nbtui.profiles.saved import Saved


def load(text: str) -> Saved:
    return ProfilesText(file="p.toml", text=text).saved()


@pytest.mark.parametrize(
    "line",
    ['"host.connect" = "C"', 'host.connect = "C"', "host = { connect = 'C' }"],
)
def test_a_binding_is_named_with_or_without_quotes(line: str) -> None:
    saved = load(f"[keys]\n{line}\n")
    assert saved.keys == {"host.connect": "C"}
    assert saved.warnings == ()


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("C, f5", "C,f5"),
        ("%", "percent_sign"),
        ("question_mark", "question_mark"),
        ("ctrl+R", "ctrl+r"),
        ("alt+/", "alt+slash"),
        ("ctrl+shift+pageup", "ctrl+shift+pageup"),
        ("ä", "ä"),
        ("-", "minus"),
    ],
)
def test_keys_are_written_as_characters_or_by_name(said: str, means: str) -> None:
    assert load(f'[keys]\nhost.connect = "{said}"\n').keys == {"host.connect": means}


@pytest.mark.parametrize(
    ("value", "message", "hint"),
    [
        ('"entr"', 'there is no key "entr"', 'write "enter"'),
        ('"ctrl-x"', 'there is no key "ctrl-x"', 'write "C", "f5" or "ctrl+r"'),
        ('"a,,b"', 'there is no key ""', 'write "C", "f5" or "ctrl+r"'),
        ('""', "must not be empty", "remove the line, or write a value"),
        ("7", "must be text, not 7", 'write it in quotes: "…"'),
    ],
)
def test_what_no_keyboard_sends_is_an_error_with_its_place(
    value: str, message: str, hint: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load(f"[keys]\nhost.connect = {value}\n")
    assert caught.value.message == f"p.toml:2:1: keys.host.connect: {message}"
    assert caught.value.hint == hint


def test_keys_that_are_no_table_are_an_error() -> None:
    with pytest.raises(ConfigError, match=r"p\.toml:1:1: keys: must be a table, not 7"):
        load("keys = 7\n")


def test_an_unknown_binding_is_left_out_with_a_warning_that_names_the_nearest() -> None:
    saved = load('[keys]\n"host.conect" = "C"\nzzz = "Z"\n')
    assert saved.keys == {}
    assert saved.warnings == (
        'p.toml:2:1: keys."host.conect": there is no such binding; did you mean host.connect?',
        "p.toml:3:1: keys.zzz: there is no such binding",
    )


def test_a_key_of_two_bindings_is_warned_about() -> None:
    saved = load('[keys]\nhost.connect = "C,d"\n')
    assert saved.keys == {"host.connect": "C,d"}
    (warning,) = saved.warnings
    assert "d is a key of host.disconnect as well; one of the two needs another" in warning


def test_two_bindings_may_swap_their_keys_and_dialogs_have_keys_of_their_own() -> None:
    saved = load(
        '[keys]\nhost.connect = "d"\nhost.disconnect = "c"\ndialog.no = "q"\nhelp.close = "h"\n'
    )
    assert len(saved.keys) == 4
    assert saved.warnings == ()


@pytest.mark.parametrize(
    ("lines", "kept", "said"),
    [
        ('host.stop = "y"', {}, "host.stop keeps x"),
        ('dialog.yes = "x"', {}, "dialog.yes keeps y"),
        ('host.stop = "X"\ndialog.yes = "x"', {"host.stop": "X", "dialog.yes": "x"}, ""),
        ('host.stop = "Z"\ndialog.yes = "Z"', {"dialog.yes": "Z"}, "host.stop keeps x"),
    ],
)
def test_no_key_can_ask_and_say_yes(lines: str, kept: dict[str, str], said: str) -> None:
    saved = load(f"[keys]\n{lines}\n")
    assert saved.keys == kept
    assert said in "".join(saved.warnings)
    assert bool(said) == bool(saved.warnings)
