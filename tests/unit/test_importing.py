"""What an import does to profiles.toml: it brings, it updates, and never takes a person's own words away."""

import json
from pathlib import Path

import pytest

from nbtui.errors import NbtuiError
from nbtui.model.profile import ForwardSpec, JupyterSettings, Profile
from nbtui.paths import Paths
from nbtui.profiles.consents import Consents
from nbtui.profiles.importing.candidates import Candidate, Choice, Outcome, Skipped
from nbtui.profiles.importing.carry_out import carry_out
from nbtui.profiles.importing.plan import plan
from nbtui.profiles.importing.remembered import Imports
from nbtui.profiles.ledger import Ledger, Sheet
from nbtui.profiles.memory import Memory
from nbtui.profiles.store import Store

STORY = """\
# mine
[profiles.big]   # rented
host = "10.0.0.1"
colour = "blue"
"""
GPU1 = Profile(
    name="lab/gpu1",
    host="10.0.0.7",
    user="ada",
    group="lab",
    jupyter=JupyterSettings(port=8889, local_port=8889),
    forwards=(ForwardSpec(kind="local", listen="localhost:27017", to="db:27017"),),
)


class Desk:
    """One person's folders, and the command that imports into them."""

    def __init__(self, folder: Path) -> None:
        self.paths = Paths(config_dir=folder, state_dir=folder, runtime_dir=folder)
        self.store = Store(self.paths)
        self.imports = Imports(self.paths.imports_json)
        self.consents = Consents(self.paths.state_json)
        self.choices: dict[str, Choice] = {}

    @property
    def text(self) -> str:
        return self.paths.profiles_toml.read_text()

    def bring(self, *candidates: Candidate | Skipped) -> tuple[Outcome, ...]:
        return carry_out(
            candidates,
            store=self.store,
            imports=self.imports,
            consents=self.consents,
            choose=self.choices.get,
        ).outcomes

    def actions(self, *candidates: Candidate | Skipped) -> list[str]:
        return [one.action for one in self.bring(*candidates)]

    def saved(self, name: str) -> Profile:
        profile = self.store.load().get(name)
        assert profile is not None
        return profile


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def session(
    profile: Profile = GPU1, *, place: str = "registry", commands: tuple[str, ...] = ()
) -> Candidate:
    origin = f"putty:{profile.name}"
    return Candidate(profile=profile, origin=origin, place=place, commands=commands)


def changed(**values: object) -> Candidate:
    return session(GPU1._replace(**values))  # type: ignore[arg-type]  # one test names one key


def test_a_session_becomes_a_profile_and_the_rest_of_the_file_stays(desk: Desk) -> None:
    desk.paths.profiles_toml.write_text(STORY)
    assert desk.actions(session()) == ["new"]
    assert desk.saved("lab/gpu1") == GPU1
    assert desk.text.startswith(STORY)


def test_what_a_dry_run_says_is_what_happens(desk: Desk) -> None:
    desk.store.add(Profile(name="mine", host="a"))
    wanted = [session(), changed(name="mine"), changed(name="bad", host="-o")]
    saved, memories = desk.store.load(), desk.imports.read()
    assert plan(wanted, saved=saved, memories=memories).outcomes == desk.bring(*wanted)


def test_a_second_import_changes_nothing_and_writes_nothing(desk: Desk) -> None:
    desk.bring(session())
    before = desk.paths.profiles_toml.stat().st_ino
    assert desk.actions(session()) == ["unchanged"]
    assert desk.paths.profiles_toml.stat().st_ino == before


def test_what_the_source_has_changed_is_taken_key_by_key(desk: Desk) -> None:
    desk.bring(session())
    desk.store.set("lab/gpu1", "jupyter.directory", "~/work")
    [one] = desk.bring(changed(user="eve", group="", forwards=()))
    assert (one.action, one.why) == ("updated", "user, forwards, group")
    assert desk.saved("lab/gpu1") == GPU1._replace(
        user="eve",
        group="",
        forwards=(),
        jupyter=GPU1.jupyter._replace(directory="~/work"),
    )


def test_what_the_person_has_changed_stays(desk: Desk) -> None:
    desk.bring(session())
    desk.store.set("lab/gpu1", "user", "me")
    assert desk.actions(session()) == ["unchanged"]
    assert desk.saved("lab/gpu1").user == "me"


def test_what_both_have_changed_is_a_conflict_and_the_persons_word_stays(
    desk: Desk,
) -> None:
    desk.bring(session())
    desk.store.set("lab/gpu1", "user", "me")
    for _ in range(2):  # nobody chose, so it is said again
        [one] = desk.bring(changed(user="eve"))
        assert one.action == "conflict"
        assert list(map(str, one.differences)) == ["user: me here, eve there"]
        assert desk.saved("lab/gpu1").user == "me"


def test_the_choice_of_theirs_takes_the_sources_word(desk: Desk) -> None:
    desk.bring(session())
    desk.store.set("lab/gpu1", "user", "me")
    desk.choices["lab/gpu1"] = "theirs"
    assert desk.actions(changed(user="eve")) == ["updated"]
    assert desk.saved("lab/gpu1").user == "eve"
    assert desk.actions(changed(user="eve")) == ["unchanged"]


def test_the_choice_of_mine_is_kept_until_the_source_changes_again(desk: Desk) -> None:
    desk.bring(session())
    desk.store.set("lab/gpu1", "user", "me")
    desk.choices["lab/gpu1"] = "mine"
    assert desk.actions(changed(user="eve", port=2222)) == ["updated"]
    assert (desk.saved("lab/gpu1").user, desk.saved("lab/gpu1").port) == ("me", 2222)
    desk.choices.clear()
    assert desk.actions(changed(user="eve", port=2222)) == ["unchanged"]
    assert desk.actions(changed(user="adam", port=2222)) == ["conflict"]


def test_a_profile_of_the_persons_own_with_that_name_is_a_conflict(desk: Desk) -> None:
    desk.store.add(Profile(name="lab/gpu1", host="10.0.0.7", user="me", tags=("mine",)))
    [one] = desk.bring(session())
    assert (one.action, "not imported" in one.why) == ("conflict", True)
    assert "user: me here, ada there" in map(str, one.differences)
    desk.choices["lab/gpu1"] = "theirs"
    assert desk.actions(session()) == ["updated"]
    assert desk.saved("lab/gpu1") == GPU1._replace(tags=("mine",))


def test_a_profile_that_already_says_the_same_is_known_from_then_on(desk: Desk) -> None:
    desk.store.add(GPU1)
    assert desk.actions(session()) == ["unchanged"]
    assert desk.actions(changed(user="eve")) == ["updated"]


def test_a_profile_that_was_removed_stays_removed_unless_chosen(desk: Desk) -> None:
    desk.bring(session())
    desk.store.remove("lab/gpu1")
    [one] = desk.bring(session())
    assert (one.action, "removed" in one.why) == ("conflict", True)
    assert desk.store.load().profiles == ()
    desk.choices["lab/gpu1"] = "theirs"
    assert desk.actions(session()) == ["new"]


def test_a_renamed_profile_is_updated_under_its_new_name(desk: Desk) -> None:
    desk.bring(session())
    desk.store.rename("lab/gpu1", "mygpu")
    desk.store.set("mygpu", "tags", ["a"])
    desk.imports.rename("lab/gpu1", "mygpu")
    assert desk.actions(changed(user="eve")) == ["updated"]
    assert [one.name for one in desk.store.load().profiles] == ["mygpu"]


def test_one_that_was_renamed_and_removed_comes_back_under_the_name_it_was_given(
    desk: Desk,
) -> None:
    desk.bring(session())
    desk.store.rename("lab/gpu1", "mygpu")
    desk.imports.rename("lab/gpu1", "mygpu")
    desk.store.remove("mygpu")
    desk.choices["lab/gpu1"] = "theirs"
    (outcome,) = desk.bring(session())
    assert (outcome.action, outcome.why) == ("new", "as mygpu, which you had named it")
    assert desk.saved("mygpu").host == "10.0.0.7"


def test_one_that_was_renamed_in_an_editor_is_found_by_what_it_says(desk: Desk) -> None:
    desk.bring(session())
    desk.paths.profiles_toml.write_text(desk.text.replace("lab/gpu1", "mygpu"))
    assert desk.actions(changed(user="eve")) == ["updated"]
    assert desk.saved("mygpu").user == "eve"


def test_another_source_with_that_name_gets_a_name_beside_it_and_keeps_it(
    desk: Desk,
) -> None:
    other = Candidate(profile=GPU1._replace(host="b"), origin="openssh:x", place="config")
    second = desk.bring(session(), other)[1]
    assert (second.action, second.profile and second.profile.name) == ("new", "lab/gpu1-2")
    assert "another lab/gpu1 came in" in second.why
    assert desk.actions(session(), other) == ["unchanged", "unchanged"]


def test_one_session_in_two_places_comes_in_once(desk: Desk) -> None:
    same, other = session(place="a.reg"), session(GPU1._replace(user="x"), place="b.reg")
    outcomes = desk.bring(session(), same, other)
    assert [one.action for one in outcomes] == ["new", "unchanged", "skipped"]
    assert "registry has another one of this name" in outcomes[2].why
    assert desk.saved("lab/gpu1") == GPU1


@pytest.mark.parametrize(
    ("profile", "why"),
    [
        (GPU1._replace(host="$(id)"), "host: "),
        (GPU1._replace(port=70000), "port: must be a port"),
        (GPU1._replace(name="-v"), "name"),
        (GPU1._replace(jump="a,,b"), "jump: "),
    ],
)
def test_what_no_profile_can_be_is_skipped_and_all_else_comes_in(
    desk: Desk, profile: Profile, why: str
) -> None:
    bad, good = desk.bring(session(profile), changed(name="good"))
    assert bad.action == "skipped"
    assert why in bad.why
    assert good.action == "new"


def test_a_command_that_came_by_import_waits_for_a_yes(desk: Desk) -> None:
    desk.bring(session(commands=("nc %h %p",)))
    assert desk.consents.waits("nc %h %p")
    desk.consents.agree("nc %h %p")
    desk.bring(session(commands=("nc %h %p",)))
    assert not desk.consents.waits("nc %h %p")
    assert desk.consents.given("nc %h %p")


def test_nothing_comes_in_where_it_cannot_be_kept_what_waits(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.consents = Consents(Path("/dev/null/state.json"))
    with pytest.raises(NbtuiError, match="wait for a yes"):
        desk.bring(session(commands=("nc",)))
    assert desk.store.load().profiles == ()


def test_a_thousand_come_in_and_change_in_one_write_each(desk: Desk) -> None:
    desk.paths.profiles_toml.write_text(STORY)
    many = [changed(name=f"lab/n{n}", host=f"h{n}") for n in range(1000)]
    assert set(desk.actions(*many)) == {"new"}
    moved = [changed(name=f"lab/n{n}", host=f"h{n}", port=n + 1) for n in range(1000)]
    assert set(desk.actions(*moved)) == {"updated"}
    names = ["big", *(f"lab/n{n}" for n in range(1000))]
    assert [one.name for one in desk.store.load().profiles] == names
    assert desk.saved("lab/n7").port == 8
    assert desk.text.startswith(STORY)


def test_a_memory_that_is_nonsense_is_no_memory(desk: Desk) -> None:
    facts = {"lab/gpu1": 3, "a": {"origin": "x"}, "b": {"origin": 1, "table": {}}}
    desk.paths.imports_json.write_text(json.dumps({"profiles": facts}))
    assert desk.imports.read() == {}
    assert desk.actions(session()) == ["new"]


def test_a_name_that_was_changed_in_the_form_is_known_to_the_next_import(
    desk: Desk,
) -> None:
    desk.bring(session())
    ledger = Ledger(store=desk.store, memory=Memory(desk.paths.state_json))
    base = ledger.read().draft("lab/gpu1")
    assert base is not None
    mine = base.with_text("name", "mine").with_text("user", "me")
    step = ledger.save(Sheet(base=base, was="lab/gpu1"), mine)
    assert desk.actions(session()) == ["unchanged"]
    ledger.undo(step)
    assert desk.actions(changed(user="eve")) == ["updated"]
    assert [one.name for one in desk.store.load().profiles] == ["lab/gpu1"]
