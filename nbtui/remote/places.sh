# Places in which Jupyter has ever kept its runtime files, one a line.
runtime_folders() {
  printf '%s\n' "$JUPYTER_RUNTIME_DIR" "${JUPYTER_DATA_DIR:+$JUPYTER_DATA_DIR/runtime}" \
    "${XDG_RUNTIME_DIR:+$XDG_RUNTIME_DIR/jupyter}" "/run/user/$uid/jupyter" \
    "${XDG_DATA_HOME:+$XDG_DATA_HOME/jupyter/runtime}" "$HOME/.local/share/jupyter/runtime" \
    "$HOME/Library/Jupyter/runtime"
}
