import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import pino from "pino";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { listen } from "../listening.ts";
import { createTestApp } from "../routes/testing.ts";
import { BROWSER } from "../routes/testing_share.ts";

/** What a stranger may put into a request besides the right things. */

const id = "01990000-0000-7000-8000-0000000000aa";
const project = { title: "Ленина 12", address: "", clientId: null, note: "" };

/** As a JSON text, because an object literal would set the prototype. */
function withField(body: object, field: string): string {
  return `${JSON.stringify(body).slice(0, -1)},${field}}`;
}

describe("a body", () => {
  it("that is a thousand or a million deep is refused like any other nonsense", async () => {
    const { app, token } = await createTestApp();
    for (const depth of [1000, 900_000]) {
      for (const [open, close] of [
        ["[", "]"],
        ['{"a":', "}"],
      ] as const) {
        const times = Math.min(depth, Math.floor(1_900_000 / (open.length + 1)));
        const body = `${open.repeat(times)}1${close.repeat(times)}`;
        const answer = await app.request("/api/v1/projects", {
          method: "POST",
          headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
          body,
        });
        expect([open, depth, answer.status]).toEqual([open, depth, 400]);
      }
    }
  });

  it.each(['"__proto__":{"role":"owner"}', '"constructor":{"prototype":{"role":"owner"}}'])(
    "with %s changes no prototype and reaches no service",
    async (field) => {
      const create = vi.fn(async () => ({ ...project, id, clientName: null }));
      const { app, token } = await createTestApp({ projects: { create } });
      const answer = await app.request("/api/v1/projects", {
        method: "POST",
        headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
        body: withField(project, field),
      });
      expect(({} as Record<string, unknown>)["role"]).toBeUndefined();
      expect(answer.status).toBe(400);
      expect(create).not.toHaveBeenCalled();
    },
  );

  it("of a form with names of prototypes changes none", async () => {
    const { app } = await createTestApp();
    for (const name of ["__proto__", "__proto__[role]", "constructor.prototype.role"]) {
      const answer = await app.request(`/s/${"x".repeat(54)}/agree`, {
        method: "POST",
        headers: {
          "User-Agent": BROWSER,
          "Sec-Fetch-Site": "same-origin",
          "Content-Type": "application/x-www-form-urlencoded",
        },
        body: new URLSearchParams({ [name]: "owner" }).toString(),
      });
      expect([name, answer.status]).toEqual([name, 404]);
      expect(({} as Record<string, unknown>)["role"]).toBeUndefined();
    }
  });
});

describe("a path", () => {
  it("never leads out of the folder of the Mini App", async () => {
    const folder = await mkdtemp(join(tmpdir(), "smetka-built-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, "index.html"), "<!doctype html>");
    await writeFile(join(folder, ".env"), "SECRET");
    const { app } = await createTestApp(
      {},
      {
        config: {
          miniappDirectory: folder,
          simulatorOrigin: null,
          botUsername: null,
          isSecure: true,
          publicUrl: "https://smetka.example",
        },
      },
    );
    expect((await app.request("/app/")).status).toBe(200);
    for (const path of [
      "../package.json",
      "..%2fpackage.json",
      "%2e%2e/%2e%2e/etc/passwd",
      "..%5c..%5cpackage.json",
      "assets/..%2f..%2f..%2fetc%2fpasswd",
      "%2fetc%2fpasswd",
      "index.html%00.css",
      ".env",
    ]) {
      expect([path, (await app.request(`/app/${path}`)).status]).toEqual([path, 404]);
    }
  });
});

describe("the limit of a page", () => {
  it("is not evaded by an X-Forwarded-For of one's own", async () => {
    const { app } = await createTestApp();
    const statuses = new Set<number>();
    for (let index = 0; index < 70; index += 1) {
      const answer = await app.request(
        `/v/${"0".repeat(64)}`,
        { headers: { "User-Agent": BROWSER, "X-Forwarded-For": `198.51.100.${index}` } },
        { incoming: { socket: { remoteAddress: "203.0.113.7", remotePort: 1 } } },
      );
      statuses.add(answer.status);
    }
    expect([...statuses]).toEqual([404, 422]);
  });
});

describe("the log", () => {
  it("stays one JSON object a line, whatever a request is made of", async () => {
    let written = "";
    const stream = new Writable({
      write: (chunk, _encoding, done) => {
        written += String(chunk);
        done();
      },
    });
    const evil = '\n{"level":60,"msg":"forged"}\r\u001b[31m\u001b[2J';
    const { ask, app } = await createTestApp(
      { clients: { create: () => Promise.reject(new Error(`broken: ${evil}`)) } },
      { log: pino({ level: "trace" }, stream) },
    );
    const client = { kind: "person", phones: [], emails: [], inn: "", address: "", note: "" };
    expect((await ask("POST", "/api/v1/clients", { ...client, name: evil.trim() })).status).toBe(
      500,
    );
    await app.request(`/app/${encodeURIComponent(evil)}?q=${encodeURIComponent(evil)}`);
    await app.request(`/s/${encodeURIComponent(evil)}`, { headers: { "User-Agent": BROWSER } });
    const lines = written.trimEnd().split("\n");
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) {
      expect(line.includes("\u001b") || line.includes("\r")).toBe(false);
      expect(JSON.parse(line)).not.toMatchObject({ msg: "forged" });
    }
  });
});

describe("a real connection", () => {
  it("with headers of 40 kB is answered with 431, and the server goes on", async () => {
    const { app } = await createTestApp();
    const listening = await listen({ host: "127.0.0.1", port: 0 });
    onTestFinished(() => listening.close(1000));
    listening.open((asked) => app.fetch(asked));
    const ask = (headers: Record<string, string>) =>
      new Promise<number | undefined>((resolve, reject) => {
        request(`${listening.url}/healthz`, { headers, agent: false }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on("error", reject)
          .end();
      });
    expect(await ask({ "X-Long": "x".repeat(40_000) })).toBe(431);
    expect(await ask({})).toBe(200);
  });
});
