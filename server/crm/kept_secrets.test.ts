import { Writable } from "node:stream";
import { inspect } from "node:util";
import { pino } from "pino";
import { afterAll, beforeEach, expect, it } from "vitest";
import { tenantTransaction } from "../../db/transactions.ts";
import { findCrmConnection } from "../../db/crm_connections.ts";
import { requestCrmPush } from "../../db/crm_pushes.ts";
import { AppError } from "../../domain/errors.ts";
import type { CrmAccess } from "../../domain/crm.ts";
import { findFreePort } from "../testing_program.ts";
import { secretTexts } from "./access.ts";
import { checkConnection } from "./checking.ts";
import { connectCrm } from "./connecting.ts";
import type { Http } from "./http.ts";
import { unsealSecrets } from "./opening.ts";
import { pushEstimate } from "./pushing.ts";
import { syncConnection } from "./syncing.ts";
import { addApproved, createCrmWork, type CrmWork, testPdf } from "./testing_crm.ts";
import { stageAmocrm, stageBitrix24, testSignal } from "./testing.ts";

const opened: CrmWork[] = [];
let crm: CrmWork;

beforeEach(async () => {
  crm = await createCrmWork();
  opened.push(crm);
  await crm.work.database.sql`
    insert into telegram_users (telegram_id, user_id, first_name)
    values (${6000 + opened.length}, ${crm.actor.userId}, 'Владелец')
  `;
});

afterAll(async () => {
  for (const { work } of opened) await work.close();
});

async function accessOfBitrix24(): Promise<CrmAccess> {
  const { portal } = await stageBitrix24({ contacts: 3 });
  const applicationToken = "applicationtokenofthetest";
  return { kind: "bitrix24", url: portal.webhookUrl, applicationToken };
}

async function accessOfToken(): Promise<CrmAccess> {
  const { account } = await stageAmocrm({ contacts: 3 });
  return { kind: "amocrm", domain: account.domain, token: account.longLivedToken };
}

async function accessOfOauth(): Promise<CrmAccess> {
  const { account } = await stageAmocrm({ contacts: 3 });
  const { clientId, clientSecret, redirectUri } = account.oauth;
  const oauth = { clientId, clientSecret, redirectUri, code: account.oauth.authorizationCode() };
  account.edit.expireAccessTokens();
  return { kind: "amocrm", domain: account.domain, oauth };
}

const answer = (status: number, body: unknown) => ({
  status,
  headers: { "content-type": "application/json" },
  body: Buffer.from(JSON.stringify(body)),
});

/** A receiver that takes everything. */
async function accessOfReceiver(): Promise<CrmAccess> {
  return { kind: "webhook", url: `http://127.0.0.1:${await findFreePort()}/path-with-a-key` };
}

it.each([
  ["Bitrix24", accessOfBitrix24],
  ["amoCRM by a token", accessOfToken],
  ["amoCRM by OAuth", accessOfOauth],
  ["a system of one's own", accessOfReceiver],
])(
  "the keys of %s are in no log, no error, no message and nowhere in the database but sealed, even when the CRM repeats them",
  async (_, prepare) => {
    const access = await prepare();
    const heard: string[] = [];
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        heard.push(chunk.toString());
        done();
      },
    });
    const log = pino({ level: "trace" }, stream);
    const given = { ...crm.crm.dependencies, log };
    const withHttp = (send: (next: Http["send"]) => Http["send"]) => ({
      ...crm.withHttp(send),
      log,
    });
    const isReceiver = access.kind === "webhook";
    const taking = isReceiver ? withHttp(() => async () => answer(200, {})) : given;
    const { connectionId } = await connectCrm(taking, crm.actor, access, testSignal);
    const { companyId } = crm.actor;
    const place = { companyId, connectionId };
    const stored = await tenantTransaction(crm.work.database.sql, companyId, (tx) =>
      findCrmConnection(tx, companyId, connectionId),
    );
    if (!stored) throw new Error("no connection");
    const secrets = [
      ...secretTexts(unsealSecrets(given.box, stored)),
      ...("oauth" in access ? [access.oauth.code, access.oauth.clientSecret] : []),
    ].filter((text) => text !== "");
    expect(secrets.length).toBeGreaterThan(0);

    const errors: unknown[] = [];
    const attempt = async (work: () => Promise<unknown>): Promise<void> => {
      await work().catch((error: unknown) => {
        errors.push(error);
        // As a job or a route would.
        log.error({ err: error }, "failed");
        if (error instanceof AppError) heard.push(error.message);
      });
    };
    const echo = secrets.join(" ");
    const said = { error: echo, error_description: echo, title: echo, detail: echo, hint: echo };
    const refuse = async () => answer(400, said);
    const lose = (loss: Http["send"]) => () => {
      let isLost = false;
      const send: Http["send"] = (call) => {
        if (isLost) return refuse();
        isLost = true;
        return loss(call);
      };
      return send;
    };
    const refusals = [() => refuse, () => async () => answer(401, said)].map(withHttp);
    const losses = [
      lose(async () => answer(500, said)),
      lose(async () => ({ ...answer(502, {}), body: Buffer.from(`<html>${echo}</html>`) })),
      // Nobody listens there.
      lose((call) =>
        given.http.send({ ...call, url: new URL(call.url.pathname, "http://127.0.0.1:1") }),
      ),
      () => async () => Promise.reject(new Error("a cut wire")),
    ].map(withHttp);
    for (const dependencies of [...(isReceiver ? [] : [given]), ...refusals, ...losses]) {
      const approved = await addApproved(crm);
      const { estimateId, revision } = approved;
      await tenantTransaction(crm.work.database.sql, companyId, (tx) =>
        requestCrmPush(tx, companyId, connectionId, { estimateId, revision }),
      );
      const sources = { approved: async () => approved, pdf: testPdf };
      const request = { ...place, signal: testSignal };
      const works = [
        () => syncConnection(dependencies, { ...request, isFull: true }),
        () => pushEstimate(dependencies, sources, { ...request, estimateId }),
        () => checkConnection(dependencies, place, testSignal),
        () => connectCrm(dependencies, crm.actor, access, testSignal),
      ];
      for (const work of works) {
        await crm.work.database.sql`update crm_connections set state = 'active'`;
        await attempt(work);
      }
    }
    expect(errors.length).toBeGreaterThan(10);
    expect(heard.length).toBeGreaterThan(10);

    const { sql } = crm.work.database;
    const dump = JSON.stringify([
      heard,
      errors.map((error) => inspect(error, { depth: 20, showHidden: true })),
      await sql`select * from integration_logs`,
      await sql`select problem, settings from crm_connections`,
      await sql`select * from crm_syncs`,
      await sql`select * from crm_pushes`,
      await sql`select * from telegram_notifications`,
      await sql`select * from pgboss.job`,
    ]);
    expect(dump.length).toBeGreaterThan(5_000);
    for (const secret of secrets) {
      expect(dump.includes(secret)).toBe(false);
      expect(dump.includes(encodeURIComponent(secret))).toBe(false);
    }
    const [sealed] = await sql`select secrets from crm_connections`;
    const bytes = Buffer.from(sealed?.["secrets"] as Uint8Array).toString("latin1");
    for (const secret of secrets) expect(bytes.includes(secret)).toBe(false);
  },
  120_000,
);
