import { spawn } from "node:child_process";
import { join } from "node:path";
import { createServer } from "vite";

/**
 * `npm run dev`: the program is started again when its code changes, and the Mini App is served by Vite,
 * which swaps what changed without losing the page.
 */
const root = join(import.meta.dirname, "..");
const port = process.env["PORT"] ?? "8080";

const vite = await createServer({
  configFile: join(root, "miniapp/vite.config.ts"),
  server: {
    host: "127.0.0.1",
    proxy: { "/api": { target: `http://127.0.0.1:${port}`, ws: true } },
  },
});
await vite.listen();
const miniapp = vite.resolvedUrls?.local[0];

const watched = ["domain", "db", "bot", "server"].map((room) => `--watch-path=${join(root, room)}`);
const program = spawn(
  process.execPath,
  [...watched, "--watch-preserve-output", join(root, "server/main.ts")],
  {
    stdio: "inherit",
    env: { ...process.env, ...(miniapp ? { PUBLIC_URL: new URL(miniapp).origin } : {}) },
  },
);
program.on("exit", (code) => {
  void vite.close().then(() => process.exit(code ?? 0));
});
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => program.kill(signal));
}
