"""`nbtui completion SHELL`."""

import click
from click.shell_completion import get_completion_class

from nbtui.cli import output

POWERSHELL = r"""
Register-ArgumentCompleter -Native -CommandName nbtui -ScriptBlock {
    param($word, $ast, $position)
    $env:_NBTUI_COMPLETE = "bash_complete"
    $env:COMP_WORDS = $ast.ToString()
    $env:COMP_CWORD = $ast.CommandElements.Count - [int]($word -ne "")
    nbtui | ForEach-Object { $_.Substring($_.IndexOf(",") + 1) } |
        ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
    Remove-Item Env:_NBTUI_COMPLETE, Env:COMP_WORDS, Env:COMP_CWORD
}
"""


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish", "powershell"]))
@click.pass_context
def command(ctx: click.Context, *, shell: str) -> None:
    """Print the completion script of a shell; profile names are completed too.

    \b
    Example: nbtui completion bash >> ~/.bashrc
    """
    if shell == "powershell":
        output.line(POWERSHELL.strip())
        return
    made = get_completion_class(shell)
    assert made is not None  # noqa: S101  # click knows these three
    output.line(made(ctx.find_root().command, {}, "nbtui", "_NBTUI_COMPLETE").source())
