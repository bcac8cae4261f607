#!/usr/bin/env bash
# Starts the standard image: a command of gemba, else the server. Variables say the rest; see docs/install.md.
set -euo pipefail

mkdir -p "${HOME}"
if [[ $# -gt 0 ]]; then
  exec gemba "$@"
fi
exec gemba serve --listen 0.0.0.0:7666 --auth token --orchestration "${GEMBA_ORCHESTRATION:-none}"
