"""What the dashboard is given of the desk it runs on."""

from pathlib import Path

from fakes import FakeClock
from nbtui.cli.dashboard import outside_of
from nbtui.cli.shared import Shared
from nbtui.paths import Paths


def test_the_dashboard_is_given_its_desk_in_an_empty_home(tmp_path: Path) -> None:
    paths = Paths(config_dir=tmp_path, state_dir=tmp_path, runtime_dir=tmp_path)
    shared = Shared(paths=paths, environ={"HOME": str(tmp_path)}, clock=FakeClock())
    outside = outside_of(shared)
    assert outside.saved() == shared.reader.load()
    assert not outside.inside_tmux
