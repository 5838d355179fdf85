# docker build --tag fraudarena .
# docker run --init --publish 127.0.0.1:8000:8000 --volume arena:/data fraudarena
FROM node:20-slim AS build
WORKDIR /build
COPY package.json package-lock.json tsconfig.json tsconfig.build.json vite.config.ts ./
COPY src src
COPY machines machines
COPY web web
# Installs, builds, and leaves what only the build needs behind.
RUN npm ci --no-audit --no-fund && npm prune --omit=dev --ignore-scripts

FROM node:20-slim
ENV NODE_ENV=production ARENA_HOST=0.0.0.0 ARENA_PORT=8000 ARENA_DATA_DIR=/data
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/dist dist
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.ARENA_PORT}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--min-semi-space-size=64", "--max-semi-space-size=128", "dist/src/cli/main.js"]
CMD ["serve"]
