# How work gets into the environment that the user's interactive login shell has, as if typed there.
# POSIX sh; what comes before it (startfile.py, command.py) sets:
#   folder     where; made if it is not there
#   activate   lines of the user's own in the language of the login shell
#   work       POSIX sh, to be run in that environment, as ASCII for `printf %b`
#   shell      the login shell; empty: $SHELL
#
# Every shell is told the same in its own language: enter the folder once more, because rc files wander; evaluate
# the lines; become sh. That keeps conda, modules and venvs, which are functions and aliases of the shell.

die() {
  printf 'nbtui: %s\n' "$2" >&2
  exit "$1"
}

enter_folder() {
  said=$(mkdir -p -- "$folder" 2>&1) || die 81 "the folder $folder cannot be made: $said"
  said=$(cd -- "$folder" 2>&1) || die 81 "the folder $folder cannot be entered: $said"
  cd -- "$folder" || exit 81
}

# Of a shell whose language is not known, the next best.
known_shell() {
  shell=${shell:-${SHELL:-/bin/sh}}
  case ${shell##*/} in
    bash | zsh | fish | tcsh | csh | sh | dash | ash | ksh | ksh93 | mksh | yash) ;;
    *) shell=$(command -v bash || command -v sh) ;;
  esac
}

export_words() {
  NBTUI_FOLDER=$folder
  NBTUI_ACTIVATE=${activate:-:}
  NBTUI_WORK=$work
  NBTUI_FAIL="echo 'nbtui: the environment could not be activated' >&2; exit 83"
  export NBTUI_FOLDER NBTUI_ACTIVATE NBTUI_WORK NBTUI_FAIL
}

# The whole in the language of the shell. $1: redirections for the lines, $2: for what follows.
# fish without a locale takes UTF-8 in variables for Latin-1, hence `printf`, and a `cd` there that may fail; its `set`
# hands on the status of what was before.
# dash and its kin end broken lines with a prompt, unless `eval` stands behind `command`; zsh has no such `command`.
in_its_language() {
  work="exec sh -c 'eval \"\$(printf %b \"\$NBTUI_WORK\")\"' $2"
  fail="exec sh -c 'eval \"\$NBTUI_FAIL\"' $2"
  case ${shell##*/} in
    fish) line="cd \"\$NBTUI_FOLDER\" 2>/dev/null; or true; eval \"\$NBTUI_ACTIVATE\" $1; and $work; $fail" ;;
    tcsh | csh) line="$csh_login; cd \$NBTUI_FOLDER:q; eval \$NBTUI_ACTIVATE:q && $work; $fail" ;;
    zsh) line="cd \"\$NBTUI_FOLDER\"; eval \"\$NBTUI_ACTIVATE\" $1 && $work; $fail" ;;
    *) line="cd \"\$NBTUI_FOLDER\"; command eval \"\$NBTUI_ACTIVATE\" $1 && $work; $fail" ;;
  esac
  flags='-l -i -c'
  case ${shell##*/} in tcsh | csh) flags='-i -c' ;; esac # -l is allowed only alone there
}

csh_login='if (-r /etc/csh.login) source /etc/csh.login; if (-r ~/.login) source ~/.login'

# On this terminal.
in_login_shell() {
  known_shell
  export_words
  in_its_language '' ''
  exec "$shell" $flags "$line"
}

# Without a terminal: rc files get no input and are not heard; what the lines print goes to standard error.
# A bash of some distributions closes 3 to 19 as a login shell; csh closes all, so it is heard.
quietly_in_login_shell() {
  known_shell
  export_words
  case ${shell##*/} in
    tcsh | csh) in_its_language '' '' ;;
    bash)
      in_its_language '>&24 2>&24' '<&25 >&23 2>&24 23>&- 24>&- 25<&-'
      exec "$shell" -c 'exec 23>&1 24>&2 25<&0 >/dev/null 2>&1 </dev/null; exec "$0" -l -i -c "$1"' "$shell" "$line"
      ;;
    *)
      in_its_language '>&4 2>&4' '<&5 >&3 2>&4 3>&- 4>&- 5<&-'
      exec 3>&1 4>&2 5<&0 > /dev/null 2>&1 < /dev/null
      ;;
  esac
  exec "$shell" $flags "$line"
}
