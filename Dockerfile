# The version of Node is the one that scripts/set-up.mjs fetches; test/architecture/deploy.test.ts compares them.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --omit=optional --ignore-scripts --no-audit --no-fund
COPY . .
RUN node scripts/build.ts && npm prune --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production
WORKDIR /opt/gatehouse
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./
RUN install -d -o node -g node -m 0700 /var/lib/gatehouse
USER node
VOLUME /var/lib/gatehouse
# Public and management, HTTP and HTTPS. Nothing answers beyond loopback until `bind` in gatehouse.yaml says so.
EXPOSE 8080 8443 9990 9993
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9990/health/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/gatehouse"]
CMD ["serve", "--home", "/var/lib/gatehouse", "--log", "stdout"]
