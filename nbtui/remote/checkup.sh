# What only the doctor wants to know of this host. Any POSIX sh; changes nothing unless `mend` is 1.
#
# nbtui/remote/checkup.py puts these assignments, and places.sh, before it:
#   nonce    random; starts every section
#   folder   of the profile; may begin with ~/
#   mend     1: runtime files of servers that have ended are deleted

PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
uid=$(id -u)

say() { printf '\n%s %s\n' "$nonce" "$*"; }

# Where the folder is, or would be made: its nearest ancestor that is there.
look_at_folder() {
  case $folder in '~') folder=$HOME ;; '~/'*) folder=$HOME/${folder#??} ;; '~'*) return ;; esac
  case $folder in /*) ;; *) folder=$HOME/$folder ;; esac
  say folder "$folder"
  while [ ! -e "$folder" ]; do
    folder=${folder%/*}
    [ -n "$folder" ] || folder=/
  done
  say nearest "$folder"
  [ -d "$folder" ] || say no_folder
  [ -w "$folder" ] || say read_only
}

alive() {
  if [ -d /proc/self ]; then [ -d "/proc/$1" ]; else ps -p "$1" > /dev/null 2>&1; fi
}

# On a home that several nodes share, the server may live on another one.
is_local() { df -lP "$1" > /dev/null 2>&1; }

look_at_files() {
  is_local "$1" && near=local || near=shared
  for file in "$1"/jpserver-*.json "$1"/nbserver-*.json; do
    [ -f "$file" ] || continue
    pid=${file##*server-}; pid=${pid%.json}
    case $pid in '' | *[!0-9]*) continue ;; esac
    if alive "$pid"; then say live "$file"; else stale "$near" "$file"; fi
  done
}

stale() {
  say "$1" "$2"
  [ "$mend$1" = 1local ] && rm -f -- "$2" "${2%.json}-open.html"
}

[ -w "$HOME" ] || say home_read_only
look_at_folder
runtime_folders | sort -u | while IFS= read -r place; do
  [ -n "$place" ] && look_at_files "$place"
done
say end
