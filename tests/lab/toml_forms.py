"""profiles.toml as many people would write it: every form that TOML has, with comments everywhere."""

import json
from dataclasses import dataclass

from hypothesis import strategies as st

from nbtui.model.text import clean_line


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A file and who is in it."""

    text: str
    names: tuple[str, ...]
    """Of the profiles; the file may give them in another order."""


def names() -> st.SearchStrategy[str]:
    """Names that a profile may have; many need quotes."""
    letters = st.characters(exclude_categories=["Cc", "Cs"])
    odd = st.text(letters, min_size=1, max_size=6)
    plain = st.sampled_from(
        ["a", "b", "a.b", "my vm", 'q"x', "it's", "gpu-1", "profiles", "ü/x"]
    )
    return (plain | odd).filter(_is_name)


@st.composite
def files(draw: st.DrawFn) -> Written:
    """A file of up to four profiles."""
    chosen = draw(st.lists(names(), min_size=1, max_size=4, unique=True))
    sections = ['# about defaults\n[defaults] # d1\nuser = "ada" # d2\n# d3 user = "bob"\n']
    below: list[str] = []
    for index, name in enumerate(chosen):
        form = draw(st.sampled_from([_by_headers, _by_dots, _inline, _only_jupyter]))
        body = form(_key(draw, name), index)
        (sections if body.startswith("#") else below).append(body)
    if below:
        sections.append("# about profiles\n[profiles] # p1\n" + "".join(below))
    pieces = [piece for section in sections for piece in draw(_split(section))]
    ordered = draw(st.permutations(pieces))
    gap = draw(st.sampled_from(["\n", "\n\n"]))
    text = (
        "# top of the file\n\n"
        + gap.join(ordered)
        + draw(st.sampled_from(["", "\n# end\n"]))
    )
    if draw(st.booleans()):
        text = text.removesuffix("\n")
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    return Written(text=text, names=tuple(chosen))


def _is_name(name: str) -> bool:
    return clean_line(name) == name and not name.startswith("-") and bool(name.strip())


def _key(draw: st.DrawFn, name: str) -> str:
    bare = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
    forms = [json.dumps(name, ensure_ascii=False)]
    forms += [name] if bare else []
    forms += [] if "'" in name else [f"'{name}'"]
    return draw(st.sampled_from(forms))


def _by_headers(key: str, index: int) -> str:
    return (
        f"# about {index}\n"
        f"  [ profiles . {key} ] # h{index}\n"
        f'  host = "h{index}" # host{index}\n'
        f'  tags = [ "a,b", # tag{index}\n    "]" ]\n'
        f"# last line of {index}\n"
        "---\n"
        f"[profiles.{key}.jupyter]\n"
        f'activate = """\n[profiles.a]\n# no comment\\\n"quoted" """ # act{index}\n'
        "port = 8889\n"
        "---\n"
        f"# forwards of {index}\n"
        f'[[profiles.{key}.forwards]]\nkind = "socks"\nlisten = 1080 # l{index}\n'
        f'[[profiles.{key}.forwards]]\nkind = "socks"\nlisten = 1081\n'
    )


def _by_dots(key: str, index: int) -> str:
    return f'{key}.host = "h{index}" # dot{index}\n{key} . jupyter . port = 8889\n'


def _inline(key: str, index: int) -> str:
    return f"{key} = {{ host = 'h{index}', jupyter = {{ port = 8889 }}, when = 2020-01-01 10:00:00 }} # inl{index}\n"


def _only_jupyter(key: str, index: int) -> str:
    return f"# jupyter of {index}\n[profiles.{key}.jupyter] # oj{index}\nport = 0x22B9\n"


def _split(section: str) -> st.SearchStrategy[list[str]]:
    """The parts of a section together or, where they may stand apart, apart."""
    return st.sampled_from([["\n".join(section.split("---\n"))], section.split("---\n")])
