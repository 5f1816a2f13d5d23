import { randomBytes } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { tenantTransaction } from "../db/transactions.ts";
import {
  listCrmCompanies,
  listCrmConnections,
  type StoredConnection,
  updateCrmConnection,
} from "../db/crm_connections.ts";
import type { Actor } from "../domain/access.ts";
import type { Id } from "../domain/ids.ts";
import { type Bitrix24Fake, createBitrix24Fake } from "./crm/bitrix24/fake/portal.ts";
import { connectCrm, webhookUrlOf } from "./crm/connecting.ts";
import type { Crm } from "./crm/crm.ts";
import { createRealClock } from "./crm/fake/clock.ts";
import { sealSecrets, unsealSecrets } from "./crm/opening.ts";
import type { AsActor } from "./services/work.ts";

/** A Bitrix24 portal on this machine, for a start without BOT_TOKEN: a newcomer sees a deal appear. */
export interface DemoCrm {
  /** The page of the portal: deals, their rows and files. */
  readonly url: string;
  /** Tells the portal where companies of the last run listen now. */
  resume(parts: DemoParts): Promise<void>;
  /** Gives a new company this portal. What goes wrong is only logged: the demo works without it. */
  connect(parts: DemoParts, actor: Actor): Promise<void>;
  close(): Promise<void>;
}

export interface DemoParts {
  readonly crm: Crm;
  readonly asActor: AsActor;
  readonly log: Logger;
}

const CONTACTS = 12;
const COMPANIES = 2;
const SAVE_INTERVAL = 2000; // ms
const MANY = 1000;
const CONNECTING_PATIENCE = 30_000; // ms

/**
 * @param options.port the one beside the chat's own; another free one when it is taken
 */
export async function startDemoCrm(options: { dataDir: string; port: number }): Promise<DemoCrm> {
  const file = join(options.dataDir, "bitrix24.json");
  const saved = await readSaved(file);
  const setup = { clock: createRealClock(), contacts: CONTACTS, companies: COMPANIES };
  const fake = createBitrix24Fake({ ...setup, ...(saved === null ? {} : { saved }) });
  const { url } = await fake.listen(options.port).catch(() => fake.listen(0));
  const saving = keepSaved(fake, file);
  return {
    url,
    resume: (parts) => resume(parts, fake),
    connect: (parts, actor) => connect(parts, fake, actor),
    close: async () => {
      await saving.end();
      await fake.close();
    },
  };
}

/** Without its handlers: their addresses are of the last run. Null: a new portal. */
async function readSaved(file: string): Promise<string | null> {
  try {
    const saved = JSON.parse(await readFile(file, "utf8")) as object;
    return JSON.stringify({ ...saved, handlers: [] });
  } catch {
    // None yet, or cut off by a power failure: a demo begins anew.
    return null;
  }
}

/** Chats and estimates outlive a restart; so must the deals that they became. */
function keepSaved(fake: Bitrix24Fake, file: string): { end(): Promise<void> } {
  let known = -1;
  let writing = Promise.resolve();
  const save = (): void => {
    const calls = fake.journal.count();
    if (calls === known) return;
    known = calls;
    const text = fake.save();
    writing = writing
      .then(() => writeFile(`${file}.new`, text))
      .then(() => rename(`${file}.new`, file))
      // A full disk stops the demo's memory, not the demo.
      .catch(() => undefined);
  };
  const timer = setInterval(save, SAVE_INTERVAL).unref();
  return {
    end: async () => {
      clearInterval(timer);
      known = -1;
      save();
      await writing;
    },
  };
}

async function connect({ crm, asActor, log }: DemoParts, fake: Bitrix24Fake, actor: Actor) {
  try {
    const { dependencies } = crm;
    const applicationToken = randomBytes(16).toString("hex");
    const access = { kind: "bitrix24", url: fake.webhookUrl, applicationToken } as const;
    const signal = AbortSignal.timeout(CONNECTING_PATIENCE);
    const { connectionId, webhookUrl } = await connectCrm(dependencies, actor, access, signal);
    if (webhookUrl !== null) fake.outgoingWebhook({ url: webhookUrl, applicationToken });
    await asActor(actor, (services) => services.crm.requestSync(connectionId));
  } catch (error) {
    log.warn({ err: error }, "the demo portal was not connected");
  }
}

async function resume({ crm, log }: DemoParts, fake: Bitrix24Fake): Promise<void> {
  const { sql } = crm.dependencies;
  for (const { companyId } of await listCrmCompanies(sql, MANY)) {
    const connections = await tenantTransaction(sql, companyId, (tx) =>
      listCrmConnections(tx, companyId),
    );
    const demo = connections.filter(({ account }) => account.startsWith("127.0.0.1:"));
    for (const connection of demo) await follow(crm, fake, companyId, connection);
  }
  log.debug("the demo portal knows its companies");
}

/** Ports change from run to run. */
async function follow(
  { dependencies }: Crm,
  fake: Bitrix24Fake,
  companyId: Id,
  connection: StoredConnection,
): Promise<void> {
  const { sql, box } = dependencies;
  const secrets = unsealSecrets(box, connection);
  if (secrets.kind !== "bitrix24") return;
  const { webhookUrl } = fake;
  const { applicationToken } = secrets;
  const account = new URL(webhookUrl).host;
  const sealed = sealSecrets(box, connection.id, { ...secrets, webhookUrl });
  await tenantTransaction(sql, companyId, (tx) =>
    updateCrmConnection(tx, companyId, connection.id, { account, secrets: sealed }),
  );
  const url = webhookUrlOf(dependencies, connection);
  if (url !== null && applicationToken !== null) fake.outgoingWebhook({ url, applicationToken });
}
