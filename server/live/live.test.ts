import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "../../domain/access.ts";
import type { KeyScope } from "../../domain/api_keys.ts";
import { LIVE_CLOSE } from "../../domain/live.ts";
import { inTransaction, tenantTransaction } from "../../db/transactions.ts";
import { removeMembership, setRole } from "../../db/memberships.ts";
import { revokeSession } from "../../db/sessions.ts";
import { startProxy } from "../testing_proxy.ts";
import { newPeople, shareWithClient } from "../services/testing_agreement.ts";
import {
  createLiveStage,
  LiveClient,
  type LiveProcess,
  type LiveStage,
  LONG,
} from "./testing_live.ts";

/** Than a socket may stay silent after its opening. */
const LONGER_THAN_HELLO = 6_000; // ms

let stage: LiveStage;
let first: LiveProcess;
let owner: Actor;
let nextTelegramId = 7_200_000_000;

beforeAll(async () => {
  stage = await createLiveStage();
  first = await stage.startProcess();
  owner = await stage.work.newActor();
  await nameInTelegram(owner);
});

afterAll(() => stage.close());

async function newEstimate(actor: Actor = owner): Promise<string> {
  const { id } = await stage.work.asActor(actor, ({ estimates }) =>
    estimates.create({ projectId: null }),
  );
  return id;
}

/** A key works in the name of a person whom the bot knows. */
async function nameInTelegram({ userId }: Actor): Promise<void> {
  nextTelegramId += 1;
  await stage.work.database.sql`
    insert into telegram_users (telegram_id, user_id, first_name) values (${nextTelegramId}, ${userId}, 'x')
  `;
}

async function joinAs(actor: Actor, hello = {}, process = first): Promise<LiveClient> {
  return stage.join(process, await stage.newToken(actor), hello);
}

/** As a browser does it for a page of the site. */
function openPage(token: string, name = "__Host-smetka_manager"): LiveClient {
  return new LiveClient(first.url, {
    Origin: "https://smetka.example",
    Cookie: `other=1; ${name}=${token}`,
  });
}

describe("the socket of live updates", () => {
  it("brings another's change with its content, and to lists where the estimate stands", async () => {
    const id = await newEstimate();
    const [editor, list] = [await joinAs(owner), await joinAs(owner, { lists: true })];
    await editor.watch(id, 1);
    await stage.change(owner, id);
    await expect.poll(() => editor.versions(id), LONG).toEqual([2]);
    const change = editor.events().find(({ kind }) => kind === "changes");
    expect(change).toMatchObject({ changes: [{ type: "estimate.set" }] });
    await expect
      .poll(() => list.events(), LONG)
      .toContainEqual({
        kind: "estimate",
        estimateId: id,
        version: 2,
        status: "draft",
        revision: 1,
        isRemoved: false,
      });
    expect(list.versions(id)).toEqual([]);
  });

  it("answers a watcher with what came after his version, each version once and in order", async () => {
    const id = await newEstimate();
    for (let count = 0; count < 5; count += 1) await stage.change(owner, id);
    const client = await joinAs(owner);
    // Changes fly while the watcher is being answered.
    const flying = Promise.all(Array.from({ length: 10 }, () => stage.change(owner, id)));
    client.send({ type: "watch", estimateId: id, version: 3 });
    await flying;
    const all = Array.from({ length: 13 }, (_, index) => index + 4);
    await expect.poll(() => client.versions(id), LONG).toEqual(all);
    await client.settle();
    expect(client.versions(id)).toEqual(all);
  });

  it("says that a batch is too long, and that one is too far behind", async () => {
    const id = await newEstimate();
    const near = await joinAs(owner);
    await near.watch(id, 1);
    const lines = Array.from({ length: 150 }, (_, index) => ({
      name: `Работа ${index}`,
      unit: "м²",
      quantity: 10_000_000n,
      price: null,
      kind: "work" as const,
    }));
    await stage.work.asActor(owner, ({ estimates }) =>
      estimates.addList(id, [{ title: null, kind: "work", lines }], { source: "bot" }),
    );
    await expect
      .poll(() => near.events(), LONG)
      .toContainEqual({ kind: "changes", estimateId: id, version: 2, changes: null });
    for (let count = 0; count < 25; count += 1) await stage.change(owner, id, { isTold: false });
    const far = await joinAs(owner);
    await far.watch(id, 1);
    expect(far.versions(id)).toEqual([]);
    expect(far.events()).toContainEqual(expect.objectContaining({ kind: "estimate", version: 27 }));
  });

  it("goes on with the lists where they were left, also at another process", async () => {
    const second = await stage.startProcess();
    const id = await newEstimate();
    const before = await joinAs(owner, { lists: true });
    await stage.change(owner, id);
    const about = (client: LiveClient) =>
      client
        .events()
        .flatMap((event) =>
          event.kind === "estimate" && event.estimateId === id ? [event.version] : [],
        );
    await expect.poll(() => about(before).at(-1), LONG).toBe(2);
    await before.settle();
    const since = before.position();
    before.socket.close();
    await stage.change(owner, id);
    const after = await joinAs(owner, { lists: true, since }, second);
    expect(about(after)).toEqual([3]);
    const idle = await joinAs(owner, { lists: true, since: after.position() }, first);
    await idle.settle();
    expect(about(idle)).toEqual([]);
    await second.stop();
  });

  it.each([
    ["is not one", "yesterday"],
    ["names what PostgreSQL would refuse", `${Math.floor(Date.now() / 1000)}.9:5:`],
    ["is too old", `${Math.floor(Date.now() / 1000) - 3600}.10:20:`],
    ["lies before too much", `${Math.floor(Date.now() / 1000)}.3:3:`],
  ])("starts anew when the position %s", async (_, since) => {
    const { sql } = stage.work.database;
    await sql`
      insert into live_events (company_id, kind)
      select ${owner.companyId}, 'estimate' from generate_series(1, 600)
    `;
    const client = await joinAs(owner, { lists: true, since });
    expect(client.frames.map(({ type }) => type)).toEqual(["reset", "ready"]);
    await client.settle();
  });

  it("counts what it does", async () => {
    const before = first.live.counts();
    const client = await joinAs(owner);
    const during = first.live.counts();
    expect(during.connections).toBe(before.connections + 1);
    expect(during.members).toBe(before.members + 1);
    expect(during.frames).toBeGreaterThan(before.frames);
    client.socket.close();
    await expect.poll(() => first.live.counts().members, LONG).toBe(before.members);
  });
});

describe("who hears what", () => {
  it("is nobody of another company", async () => {
    const stranger = await stage.work.newActor();
    const id = await newEstimate();
    const client = await joinAs(stranger, { lists: true });
    await client.watch(id, 0);
    expect(client.events()).toEqual([{ kind: "gone", estimateId: id }]);
    await stage.change(owner, id);
    const own = await newEstimate(stranger);
    await stage.change(stranger, own);
    await expect.poll(() => client.events().at(-1), LONG).toMatchObject({ estimateId: own });
    const heard = client.events().filter((event) => "estimateId" in event);
    expect(heard.filter((event) => event.estimateId === id)).toHaveLength(1);
  });

  it("is of foremen only whose estimate it is", async () => {
    const { companyId } = owner;
    const mine = await stage.work.newActor({ companyId, role: "foreman" });
    const other = await stage.work.newActor({ companyId, role: "foreman" });
    const id = await newEstimate(mine);
    const [author, colleague] = [
      await joinAs(mine, { lists: true }),
      await joinAs(other, { lists: true }),
    ];
    await author.watch(id, 1);
    await colleague.watch(id, 1);
    await stage.change(owner, id);
    await expect.poll(() => author.versions(id), LONG).toEqual([2]);
    await colleague.settle();
    expect(colleague.events()).toEqual([{ kind: "gone", estimateId: id }]);
  });

  it("is no longer a foreman whose estimate was given to another", async () => {
    const { companyId } = owner;
    const before = await stage.work.newActor({ companyId, role: "foreman" });
    const after = await stage.work.newActor({ companyId, role: "foreman" });
    const id = await newEstimate(owner);
    const give = (to: Actor) =>
      stage.work.database.sql`
        update estimates set foreman_id = ${to.userId}
        where company_id = ${companyId} and id = ${id}
      `;
    await give(before);
    const client = await joinAs(before);
    await client.watch(id, 1);
    await give(after);
    await stage.change(owner, id);
    await expect.poll(() => client.events().at(-1), LONG).toEqual({ kind: "gone", estimateId: id });
    await stage.change(owner, id);
    await client.settle();
    expect(client.versions(id)).toEqual([]);
  });

  it("are of the notifications and scans of the company its leaders", async () => {
    const { companyId } = owner;
    const foreman = await stage.work.newActor({ companyId, role: "foreman" });
    const [leader, worker] = [
      await joinAs(owner, { lists: true }),
      await joinAs(foreman, { lists: true }),
    ];
    await stage.work.database.sql`
      insert into live_events (company_id, kind, details) values
        (${companyId}, 'notifications', '{"sent": 2}'),
        (${companyId}, 'crm_sync', ${stage.work.database.sql.json({
          connectionId: owner.userId,
          state: "running",
          clients: 50,
          deals: 0,
        })}),
        (${companyId}, 'notifications', '{"sent": 1, "failed": 1}')
    `;
    await expect
      .poll(() => leader.events(), LONG)
      .toEqual([
        { kind: "crm_sync", connectionId: owner.userId, state: "running", clients: 50, deals: 0 },
        { kind: "notifications", waiting: 0, sent: 3, failed: 1, muted: 0 },
      ]);
    await worker.settle();
    expect(worker.events()).toEqual([]);
  });

  it("is of a document who ordered it", async () => {
    const { companyId } = owner;
    const foreman = await stage.work.newActor({ companyId, role: "foreman" });
    const id = await newEstimate(foreman);
    const [author, leader] = [await joinAs(foreman), await joinAs(owner)];
    const { id: documentId } = await stage.work.asActor(foreman, ({ documents }) =>
      documents.order(id, "pdf", { chatId: 1 }),
    );
    await expect
      .poll(() => author.events(), LONG)
      .toEqual([
        { kind: "document", documentId, estimateId: id, format: "pdf", status: "ordered" },
      ]);
    await leader.settle();
    expect(leader.events()).toEqual([]);
  });

  it.each([
    ["lost his session", "session", LIVE_CLOSE.unauthenticated],
    ["got another role", "role", "ready"],
    ["left the team", "removal", LIVE_CLOSE.unauthenticated],
  ])("is nobody who %s: the socket ends before the next event", async (_, how, ending) => {
    const { companyId } = owner;
    const { sql } = stage.work.database;
    const manager = await stage.work.newActor({ companyId, role: "manager" });
    const token = await stage.newToken(manager);
    const id = await newEstimate();
    const client = await stage.join(first, token, { lists: true });
    await client.watch(id, 1);
    const heard = client.events().length;
    const inTeam = (work: Parameters<typeof tenantTransaction<unknown>>[2]) =>
      tenantTransaction(sql, companyId, work);
    if (how === "session") await revokeSession(sql, token);
    else if (how === "role") {
      await inTeam((tx) => setRole(tx, companyId, manager.userId, "foreman"));
    } else await inTeam((tx) => removeMembership(tx, companyId, manager.userId));
    await stage.change(owner, id);
    await expect.poll(() => client.closed, LONG).toBe(LIVE_CLOSE.signInAgain);
    expect(client.events()).toHaveLength(heard);

    const again = new LiveClient(first.url);
    await again.opened;
    again.send({ type: "hello", token });
    await expect.poll(() => again.closed ?? again.frames[0]?.type, LONG).toBe(ending);
    again.socket.close();
  });

  describe("is a program with an API key", () => {
    const newKey = (scope: KeyScope, maker = owner) =>
      stage.work.asActor(maker, ({ apiKeys }) => apiKeys.create({ name: "1С", scope }));
    const revoke = (id: string) => stage.work.asActor(owner, ({ apiKeys }) => apiKeys.revoke(id));

    it.each(["read", "write"] as const)("for %s: what a manager sees by the API", async (scope) => {
      const { token } = await newKey(scope);
      const foreman = await stage.work.newActor({ companyId: owner.companyId, role: "foreman" });
      const stranger = await stage.work.newActor();
      const [id, other] = [await newEstimate(foreman), await newEstimate(stranger)];
      const client = await stage.join(first, token, { lists: true });
      await client.watch(id, 1);
      await client.watch(other, 1);
      const { sql } = stage.work.database;
      await sql`
        insert into live_events (company_id, kind, details)
        values (${owner.companyId}, 'notifications', '{"sent": 2}')
      `;
      await stage.change(stranger, other);
      await stage.change(foreman, id);
      await expect.poll(() => client.versions(id), LONG).toEqual([2]);
      await client.settle();
      expect(client.versions(other)).toEqual([]);
      const kinds = client.events().map((event) => event.kind);
      expect(kinds).toContain("gone");
      // Leaders hear of notifications; no key reads them.
      expect(kinds).not.toContain("notifications");
    });

    it("until it is revoked, and the person who made it stays", async () => {
      const { token, key } = await newKey("read");
      const [program, person] = [await stage.join(first, token), await joinAs(owner)];
      const id = await newEstimate();
      await program.watch(id, 1);
      const heard = program.events().length;
      await revoke(key.id);
      await stage.change(owner, id);
      await expect.poll(() => program.closed, LONG).toBe(LIVE_CLOSE.signInAgain);
      expect(program.events()).toHaveLength(heard);
      await expect(stage.join(first, token)).rejects.toThrow(`${LIVE_CLOSE.unauthenticated}`);
      await person.settle();
      expect(person.closed).toBeNull();
    });

    it("until who made it is no owner any more", async () => {
      const { companyId } = owner;
      const second = await stage.work.newActor({ companyId, role: "owner" });
      await nameInTelegram(second);
      const { token } = await newKey("write", second);
      const client = await stage.join(first, token);
      await tenantTransaction(stage.work.database.sql, companyId, (tx) =>
        setRole(tx, companyId, second.userId, "manager"),
      );
      await expect.poll(() => client.closed, LONG).toBe(LIVE_CLOSE.signInAgain);
      await expect(stage.join(first, token)).rejects.toThrow(`${LIVE_CLOSE.unauthenticated}`);
    });

    it("with twenty sockets of its own, beside those of the person", async () => {
      const { token } = await newKey("read");
      const person = await joinAs(owner);
      const clients: LiveClient[] = [];
      for (let count = 0; count < 21; count += 1) clients.push(await stage.join(first, token));
      await expect.poll(() => clients[0]?.closed, LONG).toBe(LIVE_CLOSE.tooMuch);
      expect(clients.slice(1).map(({ closed }) => closed)).toEqual(Array(20).fill(null));
      await person.settle();
      expect(person.closed).toBeNull();
      for (const client of clients) client.socket.close();
    });

    it("and nothing that only looks like one", async () => {
      const { token } = await newKey("read");
      const swapped = token.slice(0, -1) + (token.endsWith("A") ? "B" : "A");
      for (const bad of [swapped, "sk_", `sk_${"x".repeat(54)}`, `${token}x`, `Bearer ${token}`]) {
        await expect(stage.join(first, bad)).rejects.toThrow(`${LIVE_CLOSE.unauthenticated}`);
      }
      expect(first.live.counts().refused).toBeGreaterThan(0);
    });
  });

  it("is nobody whose session ran out", async () => {
    const expiresAt = new Date(stage.clock.now.getTime() + 60_000);
    const id = await newEstimate();
    const client = await stage.join(first, await stage.newToken(owner, { expiresAt }));
    await client.watch(id, 1);
    const before = stage.clock.now;
    stage.clock.now = new Date(expiresAt.getTime() + 1);
    await stage.change(owner, id);
    await expect.poll(() => client.closed, LONG).toBe(LIVE_CLOSE.unauthenticated);
    expect(client.versions(id)).toEqual([]);
    stage.clock.now = before;
  });
});

describe("what is no proper client", () => {
  it.each([
    ["of another site", { Origin: "https://evil.example" }, "/api/v1/live", 403],
    ["of no site at all", { Origin: "null" }, "/api/v1/live", 403],
    ["at another address", {}, "/api/v1/other", 404],
  ])("is refused: a page %s", async (_, headers, path, status) => {
    const client = new LiveClient(first.url.replace("/api/v1/live", path), headers);
    const refused = await new Promise<number | undefined>((resolve) => {
      client.socket.on("unexpected-response", (_, response) => resolve(response.statusCode));
    });
    expect(refused).toBe(status);
  });

  it("is not a page of our own site", async () => {
    for (const origin of [
      "https://smetka.example",
      new URL(first.url.replace("ws", "http")).origin,
    ]) {
      const client = new LiveClient(first.url, { Origin: origin });
      await client.opened;
      client.socket.close();
    }
    expect(first.live.counts().connections).toBeGreaterThan(0);
  });

  it("lets a page of the manager in by its cookie", async () => {
    const token = await stage.newToken(owner, { kind: "manager" });
    const client = openPage(token);
    await client.opened;
    client.send({ type: "hello", lists: true });
    await client.ready();
    const id = await newEstimate();
    await stage.change(owner, id);
    await expect
      .poll(() => client.events(), LONG)
      .toContainEqual(expect.objectContaining({ kind: "estimate", estimateId: id }));
    // Its session ends: so does the socket.
    await revokeSession(stage.work.database.sql, token);
    await expect.poll(() => client.closed, LONG).toBe(LIVE_CLOSE.signInAgain);
  });

  it("takes no cookie without a page of ours, and none of another door", async () => {
    const token = await stage.newToken(owner, { kind: "manager" });
    const other = await stage.newToken(owner);
    for (const client of [
      openPage(other),
      openPage("x".repeat(43)),
      openPage(token, "smetka_manager"),
      new LiveClient(first.url, { Cookie: `__Host-smetka_manager=${token}` }),
      new LiveClient(first.url, { Origin: "https://smetka.example" }),
    ]) {
      await client.opened;
      client.send({ type: "hello" });
      await expect.poll(() => client.closed, LONG).toBe(LIVE_CLOSE.unauthenticated);
    }
  });

  it.each([
    ["says nothing that it knows", '{"type":"sing"}', LIVE_CLOSE.badMessage],
    ["speaks no JSON", "hello", LIVE_CLOSE.badMessage],
    ["adds a field", '{"type":"ping","more":1}', LIVE_CLOSE.badMessage],
    ["sends bytes", Buffer.from("{}"), LIVE_CLOSE.badMessage],
    ["sends more than fits", JSON.stringify({ type: "x".repeat(5000) }), 1009],
    ["asks before it says who it is", '{"type":"ping"}', LIVE_CLOSE.unauthenticated],
    ["has no session", '{"type":"hello","token":"none"}', LIVE_CLOSE.unauthenticated],
  ])("is closed when it %s", async (_, message, code) => {
    const client = new LiveClient(first.url);
    await client.opened;
    client.socket.send(message);
    await expect.poll(() => client.closed, LONG).toBe(code);
  });

  it("is the client with his link: it opens no socket and no event", async () => {
    const people = await newPeople(stage.work);
    const { id, token } = await shareWithClient(stage.work, people.foreman);
    const client = new LiveClient(first.url);
    await client.opened;
    client.send({ type: "hello", token, lists: true });
    client.send({ type: "watch", estimateId: id, version: 0 });
    await expect.poll(() => client.closed, LONG).toBe(LIVE_CLOSE.unauthenticated);
    expect(client.frames).toEqual([]);
  });

  it("is closed when it never says who it is", async () => {
    const client = new LiveClient(first.url);
    await expect.poll(() => client.closed, LONG).toBe(LIVE_CLOSE.timeout);
  });

  it("is not closed when the signing in takes long", async () => {
    const client = new LiveClient(first.url);
    await client.opened;
    const token = await stage.newToken(owner);
    await inTransaction(stage.work.database.sql, async (tx) => {
      await tx`lock table sessions in access exclusive mode`;
      client.send({ type: "hello", token });
      await sleep(LONGER_THAN_HELLO);
    });
    await client.ready();
    expect(client.closed).toBeNull();
    client.socket.terminate();
  });

  it("is closed when it does not stop talking, or says hello twice", async () => {
    const chatterbox = await joinAs(owner);
    for (let count = 0; count < 100; count += 1) chatterbox.send({ type: "ping" });
    await expect.poll(() => chatterbox.closed, LONG).toBe(LIVE_CLOSE.badMessage);
    const token = await stage.newToken(owner);
    const twice = await stage.join(first, token);
    twice.send({ type: "hello", token });
    await expect.poll(() => twice.closed, LONG).toBe(LIVE_CLOSE.badMessage);
  });

  it("has at most twenty sockets; the oldest make room", async () => {
    const person = await stage.work.newActor();
    const token = await stage.newToken(person);
    const clients: LiveClient[] = [];
    for (let count = 0; count < 21; count += 1) clients.push(await stage.join(first, token));
    await expect.poll(() => clients[0]?.closed, LONG).toBe(LIVE_CLOSE.tooMuch);
    expect(clients.slice(1).map(({ closed }) => closed)).toEqual(Array(20).fill(null));
    for (const client of clients) client.socket.close();
  });
});

describe("when something breaks", () => {
  it("is told by the sweep what a process committed and had no time to tell", async () => {
    const id = await newEstimate();
    const client = await joinAs(owner);
    await client.watch(id, 1);
    await stage.change(owner, id, { isTold: false });
    await expect.poll(() => client.versions(id), LONG).toEqual([2]);
  });

  it("hears another process at once", async () => {
    const second = await stage.startProcess();
    const id = await newEstimate();
    const client = await joinAs(owner, {}, second);
    await client.watch(id, 1);
    // The first process commits and calls; the second has no part in it.
    for (let version = 2; version < 12; version += 1) {
      await stage.change(owner, id);
      await expect.poll(() => client.versions(id).at(-1), LONG).toBe(version);
    }
    await second.stop();
  });

  it("loses nothing while the connection that listens is killed again and again", async () => {
    const id = await newEstimate();
    const client = await joinAs(owner);
    await client.watch(id, 1);
    const { sql } = stage.work.database;
    let version = 1;
    for (let round = 0; round < 5; round += 1) {
      const killed = await sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'smetka listen' and datname = current_database()
      `;
      for (let count = 0; count < 5; count += 1) version = await stage.change(owner, id);
      await expect.poll(() => client.versions(id).at(-1), LONG).toBe(version);
      expect(killed.length).toBeGreaterThan(0);
    }
    expect(client.versions(id)).toEqual(Array.from({ length: 25 }, (_, index) => index + 2));
    expect(client.closed).toBeNull();
    expect(first.live.counts().reconnects).toBeGreaterThanOrEqual(5);
  });

  it("finds out that nothing comes through any more, and loses nothing", async () => {
    const proxy = await startProxy(new URL(stage.work.database.url));
    const process = await stage.startProcess({ url: proxy.url });
    const id = await newEstimate();
    const client = await joinAs(owner, {}, process);
    await client.watch(id, 1);
    proxy.freeze();
    for (let count = 0; count < 5; count += 1) await stage.change(owner, id);
    // The old connection stays silent for ever; only a new one can bring this.
    const reconnected = process.live.counts().reconnects;
    const noticed = { timeout: 15_000, interval: 10 };
    await expect.poll(() => client.versions(id), noticed).toEqual([2, 3, 4, 5, 6]);
    expect(process.live.counts().reconnects).toBeGreaterThan(reconnected);
    expect(client.closed).toBeNull();
    await process.stop();
    proxy.close();
  }, 60_000);

  it("sends everybody elsewhere when a process stops, and they go on there", async () => {
    const second = await stage.startProcess();
    const id = await newEstimate();
    const client = await joinAs(owner, { lists: true }, second);
    await client.watch(id, 1);
    await client.settle();
    await second.stop();
    expect(client.closed).toBe(LIVE_CLOSE.restart);
    await stage.change(owner, id);
    const again = await joinAs(owner, { lists: true, since: client.position() });
    await again.watch(id, 1);
    await expect.poll(() => again.versions(id), LONG).toEqual([2]);
    await again.settle();
    const stood = again.events().filter((event) => event.kind === "estimate");
    expect(stood.map(({ version }) => version)).toEqual([2, 2]);
  });
});
