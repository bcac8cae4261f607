# Gemba's images: `standard` (the last, so also without --target), `quickstart` and `minimal`. See docs/install.md.
ARG NODE_IMAGE=node:24-bookworm-slim
# No shell, no package manager, not root.
ARG MINIMAL_IMAGE=gcr.io/distroless/nodejs24-debian12:nonroot
# Keeps the beads of the quickstart and of projects; the version that Gemba gets elsewhere too.
ARG DOLT_IMAGE=dolthub/dolt:1.86.4

FROM ${DOLT_IMAGE} AS dolt

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Scripts of packages are not run: what is native in them comes prebuilt.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM build AS app
RUN mkdir /out /data \
    && cp -r dist deploy docs examples node_modules package.json /out/ \
    && mkdir -p /out/scripts /out/runtime/tools \
    && cp scripts/gemba.mjs scripts/node24.mjs /out/scripts/ \
    && cp -r runtime/tools/build runtime/tools/cache-folder.mjs /out/runtime/tools/

FROM ${MINIMAL_IMAGE} AS minimal
WORKDIR /app
COPY --from=app /out ./
COPY --from=app --chown=65532:65532 /data /data
ENV NODE_ENV=production GEMBA_LISTEN=0.0.0.0:7666 GEMBA_DATA=/data/gemba XDG_CACHE_HOME=/data/cache HOME=/data GEMBA_BEADS_ONLY_MANIFEST=/data/session-manifest.jsonl
VOLUME ["/data"]
EXPOSE 7666
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s CMD ["/nodejs/bin/node", "deploy/healthcheck.mjs"]
ENTRYPOINT ["/nodejs/bin/node", "dist/gemba.js"]
CMD ["serve", "--beads-only", "--auth", "token"]

FROM ${NODE_IMAGE} AS tools
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
# The newest of Debian's stable release, with its security updates: pinned versions of it vanish from the archive.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends bash ca-certificates git openssh-client tini tmux \
    && rm -rf /var/lib/apt/lists/*
# The package of bd holds no program: it downloads the release of this version while it is installed, so the version is
# pinned, and the content is what its publisher serves. It is one that Gemba was tested to write through, so that a mounted
# folder which bd keeps in files can be written; through a newer one it is only read.
ARG BD_VERSION=1.0.4
RUN npm install --global --no-audit --no-fund "@beads/bd@${BD_VERSION}" && npm cache clean --force && bd version
COPY --from=dolt /usr/local/bin/dolt /usr/local/bin/dolt
WORKDIR /app
COPY --from=app /out ./
RUN ln -s /app/deploy/gemba.sh /usr/local/bin/gemba \
    && ln -s /app/deploy/sentinel.sh /usr/local/bin/gemba-bridge \
    && ln -s /app/deploy/sentinel.sh /usr/local/bin/gemba-state \
    && ln -s /app/deploy/sentinel.sh /usr/local/bin/gemba-ask \
    && mkdir -p /data /work \
    && chown node:node /data /work
ENV NODE_ENV=production XDG_CACHE_HOME=/data/cache XDG_STATE_HOME=/data/state HOME=/data/home
# The user node of the image.
USER 1000:1000
VOLUME ["/data"]
EXPOSE 7666
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s CMD ["node", "/app/deploy/healthcheck.mjs"]
WORKDIR /work

FROM tools AS quickstart
ENTRYPOINT ["tini", "--", "/app/deploy/quickstart.sh"]

FROM tools AS standard
ENTRYPOINT ["tini", "--", "/app/deploy/server.sh"]
