# What lives on this host, in one round trip. Runs under any POSIX sh: dash, bash, busybox, ksh, zsh as sh.
#
# nbtui/remote/probe.py puts these assignments before it:
#   nonce          random; starts every section, so that nothing a file or a name holds can pass for one
#   ports          TCP ports to look at, in upper-case hexadecimal of 4 digits, with blanks around each
#   folder         whose file system is measured; may begin with ~/
#   environments   1: also ask the login shell where jupyter is, which runs its rc files
#   patience       seconds that those may take
# and places.sh, which knows where Jupyter keeps its runtime files.
#
# A section is a line of nonce, name and words, then raw output that probe.py's parsers read.
# Forks are what costs here (1 to 2 ms each): /proc is read with `read`, and one grep serves four files.

PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin:/opt/homebrew/bin:$HOME/.local/bin:$HOME/bin
PATH=$PATH:$HOME/miniconda3/bin:$HOME/anaconda3/bin:$HOME/mambaforge/bin:$HOME/miniforge3/bin
PATH=$PATH:/opt/slurm/bin:/usr/local/slurm/bin:/opt/pbs/bin
newline='
'

say() { printf '\n%s %s\n' "$nonce" "$*"; }
bounded() { head -c "$1"; }

# --- this machine ---------------------------------------------------------------------------------

linux_facts() {
  facts=$(grep -h -E '^(cpu|btime|MemTotal:|MemFree:|MemAvailable:|Cached:|Buffers:) |^(Uid|Cpus_allowed_list):|: [0-9A-F]+:[0-9A-F]{4} 0+:0000 0A ' \
    /proc/stat /proc/meminfo /proc/self/status /proc/net/tcp /proc/net/tcp6 2>/dev/null)
  say facts; printf '%s\n' "$facts"
  uid=${facts#*Uid:}; uid=${uid%%"$newline"*}
  set -- $uid
  case $facts in *Uid:*) uid=$1 ;; *) uid=$(id -u) ;; esac
  one_line host /proc/sys/kernel/hostname
  one_line boot_id /proc/sys/kernel/random/boot_id
  one_line uptime /proc/uptime
  one_line load /proc/loadavg
  say limits; limits
}

one_line() {
  line=
  [ -r "$2" ] && IFS= read -r line 2>/dev/null < "$2"
  say "$1 $line"
}

# cgroup limits of this login, from its group up to the root: `file value…` each.
limits() {
  paths=
  while IFS= read -r line; do
    case $line in
      0::*) paths="$paths /sys/fs/cgroup${line#0::}" ;;
      *:memory:*) paths="$paths /sys/fs/cgroup/memory${line#*:memory:}" ;;
      *:cpu,*:* | *:cpu:*) paths="$paths /sys/fs/cgroup/cpu${line##*:}" ;;
    esac
  done < /proc/self/cgroup
  set -f
  for group in $paths; do
    while :; do
      limit_files "$group"
      case $group in /sys/fs/cgroup/*/*) group=${group%/*} ;; *) break ;; esac
    done
    limit_files /sys/fs/cgroup
  done 2>/dev/null
  set +f
}

limit_files() {
  for file in cpu.max memory.max memory.current cpu.cfs_quota_us cpu.cfs_period_us memory.limit_in_bytes memory.usage_in_bytes; do
    [ -r "${1%/}/$file" ] && read -r line < "${1%/}/$file" && echo "${1%/} $file $line"
  done
}

other_facts() {
  uid=$(id -u)
  say host "$(uname -n)"
  say sysctl; sysctl kern.boottime hw.ncpu hw.memsize hw.physmem vm.loadavg 2>/dev/null | bounded 4000
  say vm_stat; vm_stat 2>/dev/null | bounded 4000
}

login() {
  shell=$SHELL
  user=${USER:-$LOGNAME}
  [ -n "$user" ] || user=$(id -un)
  if [ -z "$shell" ]; then
    while IFS=: read -r name _ _ _ _ _ path; do
      [ "$name" = "$user" ] && shell=$path
    done < /etc/passwd
  fi
  say uid "$uid"; say user "$user"; say home "$HOME"; say shell "$shell"
  say who; who 2>/dev/null | bounded 20000
  for command in sbatch qsub bsub; do
    command -v $command > /dev/null 2>&1 && say queue $command
  done
  if [ -d /run/systemd/system ]; then
    say logind; grep -hs '^ *KillUserProcesses' /usr/lib/systemd/logind.conf /etc/systemd/logind.conf \
      /usr/lib/systemd/logind.conf.d/*.conf /run/systemd/logind.conf.d/*.conf /etc/systemd/logind.conf.d/*.conf
    [ -e "/var/lib/systemd/linger/$user" ] && say linger
  fi
}

# A file system that hangs must not hang the rest, where `timeout` can help it.
disks() {
  case $folder in '~') folder=$HOME ;; '~/'*) folder=$HOME/${folder#??} ;; esac
  case $folder in /*) ;; *) folder=$HOME/$folder ;; esac
  while [ ! -d "$folder" ]; do
    folder=${folder%/*}
    [ -n "$folder" ] || folder=/
  done
  bound=; command -v timeout > /dev/null 2>&1 && bound='timeout 3'
  say disks; $bound df -Pk "$folder" "$HOME" 2>/dev/null | bounded 4000
}

# --- tmux -----------------------------------------------------------------------------------------

panes() {
  tmux=$(command -v tmux) || return
  say tmux "$tmux"; tmux -V 2>/dev/null
  i="$nonce|"
  say panes
  tmux -u list-panes -a -F "$i#{session_id}$i#{pane_pid}$i#{pane_dead}$i#{pane_dead_status}$i#{pane_dead_signal}$i#{session_attached}$i#{window_width}$i#{window_height}$i#{window-size}$i#{prefix}$i#{pane_tty}$i#{@nbtui_profile}$i#{@nbtui_shell}$i#{session_name}$i" 2>/dev/null | bounded 200000
}

# --- Jupyter --------------------------------------------------------------------------------------

# Sorts this user's processes into servers ($jupyters, blanks around each pid) and kernels.
linux_processes() {
  for process in /proc/[0-9]*; do
    [ -O "$process" ] || continue
    args=
    IFS= read -r args 2>/dev/null < "$process/cmdline"
    pid=${process#/proc/}
    case $args in
      *kernel-*.json*) linux_kernel "$pid" "$args" ;;
      *jupyter* | *notebook* | *nbclassic*) jupyters="$jupyters$pid " ;;
    esac
  done
}

linux_kernel() {
  id=${2##*kernel-}
  while read -r key value _; do
    [ "$key" = VmRSS: ] && say kernel "$1 ${id%%.json*} $value" && return
  done 2>/dev/null < "/proc/$1/status"
}

other_processes() {
  rows=$(ps -U "$uid" -ww -o pid= -o ppid= -o rss= -o etime= -o args= 2>/dev/null | bounded 200000)
  say processes; printf '%s\n' "$rows"
  say lsof; lsof -nP -iTCP -sTCP:LISTEN -FpcLn 2>/dev/null | bounded 100000
  jupyters=" $(printf '%s\n' "$rows" | grep -E 'jupyter|notebook|nbclassic' | grep -v 'kernel-.*json' |
    sed 's/^ *\([0-9]*\).*/\1/' | tr '\n' ' ')"
}

# Only files of live processes are looked for, so that years of stale ones on a shared home cost nothing.
runtime_files() {
  strangers=0
  folders=$(runtime_folders)
  for pid in $jupyters; do
    runtime_file "$pid" && continue
    strangers=$((strangers + 1))
    [ $strangers -le 12 ] && [ -r "/proc/$pid/environ" ] && told_otherwise "$pid"
  done
}

runtime_file() {
  IFS=$newline
  for folder in $folders; do
    for file in "$folder/jpserver-$1.json" "$folder/nbserver-$1.json"; do
      [ -f "$file" ] && [ -r "$file" ] || continue
      unset IFS
      say server "$1 $file"; bounded 65536 < "$file"
      alive="$alive$1 "
      return 0
    done
  done
  unset IFS
  return 1
}

# A server that was started with another environment than this shell's.
told_otherwise() {
  others=$(tr '\0' '\n' < "/proc/$1/environ" 2>/dev/null | sed -n -e 's/^JUPYTER_RUNTIME_DIR=//p' \
    -e 's,^JUPYTER_DATA_DIR=\(.*\),\1/runtime,p' -e 's,^XDG_DATA_HOME=\(.*\),\1/jupyter/runtime,p' \
    -e 's,^XDG_RUNTIME_DIR=\(.*\),\1/jupyter,p' -e 's,^HOME=\(.*\),\1/.local/share/jupyter/runtime,p' 2>/dev/null)
  before=$folders; folders=$others
  runtime_file "$1"
  folders=$before
}

# stat of each live server and of its ancestors: who started it, and when.
ancestors() {
  for pid in $alive; do
    depth=0
    while [ "$pid" -gt 1 ] && [ $depth -lt 40 ]; do
      line=
      IFS= read -r line 2>/dev/null < "/proc/$pid/stat"
      [ -n "$line" ] || break
      printf '%s\n' "$line"
      set -- ${line##*) }
      pid=${2:-1}; depth=$((depth + 1))
    done
  done
}

# Who holds which sockets: of the live servers, and of everybody we may look at if a port asked for
# is held by none of them.
sockets() {
  set -- /dev/null
  for pid in $alive; do set -- "$@" "/proc/$pid/fd"; done
  held=
  [ $# -gt 1 ] && held=$(ls -ln "$@" 2>/dev/null | grep -e '^/proc/' -e ' -> ' | bounded 200000)
  say sockets; printf '%s\n' "$held"
  wanted=
  set -f; IFS=$newline
  for line in $facts; do
    unset IFS
    case $line in *:*' 0A '*) listener $line ;; esac
  done
  unset IFS; set +f
  [ -n "$wanted" ] || return
  set --
  for process in /proc/[0-9]*; do [ -r "$process/fd" ] && set -- "$@" "$process/fd"; done
  found=$(ls -ln /dev/null "$@" 2>/dev/null | grep -e '^/proc/' $wanted | grep -B 1 socket: | bounded 100000)
  printf '%s\n' "$found"
  named $(printf '%s\n' "$found" | sed -n 's,^/proc/\([0-9]*\)/fd:$,\1,p')
}

listener() {
  case $ports in *" ${2##*:} "*) ;; *) return ;; esac
  case $held in *"socket:[${10}]"*) return ;; esac
  wanted="$wanted -e socket:.${10}]"
  [ "$8" = "$uid" ] || { say passwd; getent passwd "$8" 2>/dev/null || grep "^[^:]*:[^:]*:$8:" /etc/passwd; say sockets; }
}

named() {
  for pid; do
    args=
    IFS= read -r args 2>/dev/null < "/proc/$pid/comm"
    say command "$pid $args"
  done
}

# --- commands named jupyter, and modules -----------------------------------------------------------------------

commands() {
  for prefix in "$HOME/.local" "$HOME/miniconda3" "$HOME/anaconda3" "$HOME/mambaforge" "$HOME/miniforge3" \
    "$HOME/venv" "$HOME/.venv" /opt/conda /opt/miniconda3 /opt/anaconda3; do
    has_jupyter "$prefix"
  done
  [ "$environments" = 1 ] || return
  if [ -f "$HOME/.conda/environments.txt" ]; then
    bounded 20000 < "$HOME/.conda/environments.txt" | while IFS= read -r prefix; do has_jupyter "$prefix"; done
  fi
  login_shell
}

has_jupyter() { [ -x "$1/bin/jupyter" ] && [ -f "$1/bin/jupyter" ] && say jupyter "$1/bin/jupyter"; }

# The login shell may speak any language and print anything: it gets one word in its own language, runs
# sh with the environment that it made, and only lines that start with the nonce are kept. KILL, because
# an interactive bash ignores TERM; macOS has no `timeout`.
login_shell() {
  flags=-lic bound="timeout -s KILL $patience"
  case $shell in *csh) flags=-ic ;; esac
  command -v timeout > /dev/null 2>&1 || bound="perl -e alarm($patience);exec(@ARGV)"
  NBTUI_NONCE=$nonce
  NBTUI_ASK='
    found=$(command -v jupyter)
    printf "\n%s path %s\n" "$NBTUI_NONCE" "$found"
    for c in tmux sbatch qsub bsub; do printf "%s has %s\n" "$NBTUI_NONCE" "$(command -v $c)"; done
    modules=${LMOD_CMD:-$MODULES_CMD}
    if [ -z "$found" ] && [ -n "$modules" ]; then
      "$modules" sh -t avail 2>&1 |
        sed -n -e "s/(.*//" -e "s,^[A-Za-z0-9._+/-]*[Jj]upyter[A-Za-z0-9._+/-]*[A-Za-z0-9._+-]$,$NBTUI_NONCE module &,p"
    fi
    printf "%s asked\n" "$NBTUI_NONCE"'
  export NBTUI_ASK NBTUI_NONCE
  $bound "$shell" $flags 'exec sh -c '\''eval "$NBTUI_ASK"'\''' < /dev/null 2> /dev/null |
    LC_ALL=C sed -n -e "/^$nonce asked/q" -e "/^$nonce /p"
}

# --------------------------------------------------------------------------------------------------

jupyters=' ' alive=' '
say now "$(date +%s)"
if [ -r /proc/self/stat ]; then linux_facts; else facts=; other_facts; fi
login
disks
panes
if [ -r /proc/self/stat ]; then linux_processes; else other_processes; fi
runtime_files
say stat; ancestors
[ -r /proc/self/stat ] && sockets
commands
say end
