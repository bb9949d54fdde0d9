# The start file of a server, read once by the sh of its pane; login.sh and these assignments come before it:
#   token      secret; stands nowhere but here and in the environment of the server
#   tmux       path of tmux

rm -f -- "$0"

# A dead pane is kept to be read; a user's destroy-unattached must not end the session with the first detach.
"$tmux" set-option -p -t "$TMUX_PANE" remain-on-exit on 2> /dev/null ||
  "$tmux" set-option -w -t "$TMUX_PANE" remain-on-exit on # before tmux 3.0
"$tmux" set-option -t "$TMUX_PANE" destroy-unattached off

JUPYTER_TOKEN=$token
export JUPYTER_TOKEN
unset token
enter_folder
[ -w . ] || die 82 "the folder $folder is read-only"
in_login_shell
