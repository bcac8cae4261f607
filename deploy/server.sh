#!/usr/bin/env bash
# Starts the standard image: a command of gemba, else the server. Variables say the rest; see docs/install.md.
set -euo pipefail

mkdir -p "${HOME}"
if [[ $# -gt 0 ]]; then
  exec gemba "$@"
fi
serve=(serve --listen "${GEMBA_LISTEN:-0.0.0.0:7666}" --auth token)
# A variable that is set is read by gemba itself, and does not stand in the way of Beads-only mode as a flag would.
[[ -n "${GEMBA_ORCHESTRATION:-}" ]] || serve+=(--orchestration none)
exec gemba "${serve[@]}"
