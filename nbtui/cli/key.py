"""`nbtui key …`: key files; no agent is needed for them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nbtui.cli import output
from nbtui.cli.arguments import pass_shared
from nbtui.cli.shared import Shared
from nbtui.errors import KeyLocked, KeyUnusable, Refused, UsageError
from nbtui.model.question import Question
from nbtui.quoting import quote

if TYPE_CHECKING:
    from nbtui.keys.ppk.text import Ppk

PASSPHRASE_TRIES = 3


@click.group()
def command() -> None:
    """Private keys in files.

    \b
    Example: nbtui key convert ~/keys/lab.ppk
    """


@command.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.ppk")
@click.option(
    "--to", type=click.Path(path_type=Path), metavar="FILE",
    help="Where to write it (default: FILE without .ppk).",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace what is there.")
@pass_shared
def convert(shared: Shared, *, file: Path, to: Path | None, force: bool) -> None:
    """Write a PuTTY key as an OpenSSH one, for other programs: nbtui itself uses a .ppk as it is.

    Passphrase and comment are kept, and only you can read the new file. Prints its path.

    \b
    Example: nbtui key convert ~/keys/lab.ppk --to ~/.ssh/lab
    """
    ppk = _read(file)
    target = to or _beside(file)
    with _writing(target):
        _check_free(target, force=force)
    key = _opened(shared, file, ppk)
    with _writing(target):
        _write(shared, target, key, force=force)
    if ppk.certificate is not None:
        what = "the certificate in it has a file of its own in OpenSSH"
        how = f"puttygen {quote(str(file))} -O public-openssh -o {quote(f'{target}-cert.pub')}"
        shared.talk.note([f"{what}: {how}"])
    output.line(str(target))


def _read(file: Path) -> "Ppk":
    """The key, not opened yet. Raises KeyUnusable."""
    from nbtui.keys.ondisk import KeyFile, Note, PublicOnly, look_at
    from nbtui.keys.ppk.text import is_ppk, parse

    match look_at(str(file)):
        case None:
            raise KeyUnusable(
                f"{file} does not exist", hint=f"ls {quote(str(file.parent))}"
            )
        case KeyFile(data=data) if is_ppk(data):
            return parse(data)
        case KeyFile():
            raise KeyUnusable(f"{file} is no PuTTY key (.ppk)", hint="use it as it is")
        case (Note() as note) | PublicOnly(note=note):
            raise KeyUnusable(note.text, hint=note.hint)


def _beside(file: Path) -> Path:
    if file.suffix.lower() == ".ppk":
        return file.with_suffix("")
    return file.with_name(f"{file.name}.openssh")


def _check_free(target: Path, *, force: bool) -> None:
    """Before a passphrase is asked. Raises UsageError, Refused."""
    folder = target.parent
    if not folder.is_dir():
        make = f"mkdir -p {quote(str(folder))}"
        raise UsageError(f"there is no folder {folder}", hint=make)
    if target.exists() and not target.is_file():
        raise UsageError(f"{target} is no file", hint="name a file: --to FILE")
    if not force and (target.exists() or target.is_symlink()):
        raise _taken(target)


def _taken(target: Path) -> Refused:
    return Refused(f"{target} is there", hint="another name, --to FILE, or --force")


def _opened(shared: Shared, file: Path, ppk: "Ppk") -> bytes:
    """The key as OpenSSH has it. Raises KeyUnusable, KeyLocked."""
    from nbtui.keys.ppk.opening import WrongPassphrase, as_openssh

    for count in range(PASSPHRASE_TRIES):
        passphrase = _ask(shared, file, again=count > 0) if ppk.encrypted else None
        try:
            return as_openssh(ppk, passphrase)
        except WrongPassphrase:
            continue
        except KeyUnusable as exc:
            raise KeyUnusable(f"{file} cannot be read: {exc.message}") from exc
    raise KeyLocked(
        f"{file}: none of the passphrases opens it, or the file was changed",
        hint="copy it again from where it works",
    )


def _ask(shared: Shared, file: Path, *, again: bool) -> str:
    said = " (that was not it; once more)" if again else ""
    text = f"Passphrase of the key {file}{said}"
    question = Question(kind="passphrase", text=text, echo=False)
    answer = shared.talk.ask(question) if shared.talk.can_ask else None
    if answer is None:
        raise KeyLocked(f"{file} is encrypted, and nobody was there to give its passphrase")
    return answer


def _write(shared: Shared, target: Path, key: bytes, *, force: bool) -> None:
    """For this user alone."""
    from nbtui.files import create_file, replace_file, target_of

    if force:
        replace_file(target_of(target), key, clock=shared.clock, private=True)
    else:
        create_file(target, key)


@contextmanager
def _writing(target: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError as exc:
        raise _taken(target) from exc
    except OSError as exc:
        why, folder = exc.strerror, quote(str(target.parent))
        raise KeyUnusable(f"cannot write {target}: {why}", hint=f"ls -ld {folder}") from exc
