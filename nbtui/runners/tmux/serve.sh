# What becomes the server, in the user's environment; these assignments come before it:
#   command    the user's own command line; empty: what there is
#   jupyter    path of a jupyter, for when PATH has none
#   options    words for the end of the command line

if ! command -v jupyter > /dev/null 2>&1 && [ -x "$jupyter" ]; then
  PATH=${jupyter%/*}:$PATH
  export PATH
fi
if [ -n "$command" ]; then
  eval "$command $options"
  exit
fi
found=$(command -v jupyter) || {
  echo 'nbtui: there is no jupyter' >&2
  exit 84
}
for place in "${found%/*}/" ''; do
  for kind in lab notebook server; do
    command -v "${place}jupyter-$kind" > /dev/null 2>&1 && exec jupyter "$kind" $options
  done
done
echo "nbtui: $found has none of lab, notebook and server" >&2
exit 85
