import { pino } from "pino";
import { emptyContent, type Line } from "../../domain/estimate/estimate.ts";
import type { Actor } from "../../domain/access.ts";
import type { CrmAccess } from "../../domain/crm.ts";
import type { ApprovedEstimate } from "../../domain/crm_push.ts";
import { totalsOf } from "../../domain/estimate/totals.ts";
import type { Id } from "../../domain/ids.ts";
import { kopecks } from "../../domain/money.ts";
import type { Quantity } from "../../domain/quantity.ts";
import { newId } from "../new_id.ts";
import { setTransactions, transactionsOf } from "../../db/transactions.ts";
import { createTestWork, type TestWork } from "../testing.ts";
import { type Connected, connectCrm } from "./connecting.ts";
import { type Crm, createCrm } from "./crm.ts";
import type { Http } from "./http.ts";
import { noPace, testFile, testSignal } from "./testing.ts";

/** CRM connections on a real database, against fakes of this machine. */
export interface CrmWork {
  readonly work: TestWork;
  readonly crm: Crm;
  readonly actor: Actor;
  connect(access: CrmAccess): Promise<Connected>;
  /** The same parts, but every request passes `send` first. */
  withHttp(send: (next: Http["send"]) => Http["send"]): Crm["dependencies"];
  count(table: string): Promise<number>;
}

export const testSecretKey = "secret of the tests, long enough";

export async function createCrmWork(): Promise<CrmWork> {
  const work = await createTestWork();
  const actor = await work.newActor();
  const crm = createCrm({
    ...work.dependencies,
    asActor: work.asActor,
    secretKey: testSecretKey,
    publicUrl: "https://smetka.example",
    arePrivateHostsAllowed: true,
    log: pino({ level: "silent" }),
    paceOf: () => noPace,
  });
  return {
    work,
    crm,
    actor,
    connect: (access) => connectCrm(crm.dependencies, actor, access, testSignal),
    withHttp: (send) => {
      const { http } = crm.dependencies;
      return {
        ...crm.dependencies,
        http: { ...http, send: send((request) => http.send(request)) },
      };
    },
    count: async (table) => {
      const { sql } = work.database;
      const [row] = await sql<{ count: number }[]>`
        select count(*)::int as count
        from ${sql(table)}
        where company_id = ${actor.companyId}
      `;
      return row?.count ?? 0;
    },
  };
}

/**
 * The same parts, but the database is gone for a while: the answer to transaction number `first` (from 1)
 * is lost behind its commit, and the rest of `times` transactions are refused.
 */
export function losingDatabase(
  dependencies: Crm["dependencies"],
  { first, times }: { readonly first: number; readonly times: number },
): Crm["dependencies"] {
  let count = 0;
  const real = transactionsOf(dependencies.sql);
  const sql = new Proxy(dependencies.sql, {});
  setTransactions(sql, {
    run: async (work, mode) => {
      count += 1;
      if (count < first || count >= first + times) return real.run(work, mode);
      if (count === first) await real.run(work, mode);
      throw new Error("the database is lost");
    },
  });
  return { ...dependencies, sql };
}

/** An estimate of the company in the database, and what of it was approved. */
export async function addApproved(
  { work, actor }: CrmWork,
  options: { revision?: number; price?: bigint; clientId?: Id | null } = {},
): Promise<ApprovedEstimate> {
  const card = await work.asActor(actor, (services) =>
    services.estimates.create({ projectId: null, title: "Ленина, 12" }),
  );
  return approvedOf(card.id, card.number, options);
}

export function approvedOf(
  estimateId: Id,
  number: string,
  options: { revision?: number; price?: bigint; clientId?: Id | null } = {},
): ApprovedEstimate {
  const { revision = 1, price = 45_050n, clientId = null } = options;
  const blank = emptyContent();
  const lines = [
    lineOf("a0", "Штукатурка стен", "м²", 125_000_000n, price),
    lineOf("a1", "Грунтовка", "кг", 3_333_333n, 12_345n),
    lineOf("a2", "Уголок", "шт", 30_000_000n, 9_999n),
  ];
  const discount = { kind: "percent", percent: 50_000n as never, base: "all" } as const;
  const content = {
    ...blank,
    header: { ...blank.header, title: "Ленина, 12", clientId, discount },
    lines: new Map(lines.map((line) => [line.id, line])),
  };
  const link = "https://smetka.example/s/abc";
  const { total } = totalsOf(content);
  return { estimateId, revisionId: newId(), revision, number, link, content, total, extras: [] };
}

function lineOf(
  position: string,
  name: string,
  unit: string,
  quantity: bigint,
  price: bigint,
): Line {
  return {
    id: newId(),
    sectionId: null,
    position,
    kind: "work",
    name,
    unit,
    quantity: quantity as Quantity,
    quantityFormula: "",
    price: kopecks(price),
    cost: null,
    isOptional: false,
    isChosen: false,
    priceSource: "typed",
    note: "",
    internalNote: "",
  };
}

export const testPdf = async (): Promise<typeof testFile> => testFile;
