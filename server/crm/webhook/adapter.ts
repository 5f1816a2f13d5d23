import { createHmac } from "node:crypto";
import { z } from "zod";
import {
  type ClientPush,
  type CrmAdapter,
  CrmError,
  type CrmFile,
  type DealPush,
  type RemoteDeal,
  type RemoteRef,
} from "../../../domain/crm_adapter.ts";
import { formatMoney } from "../../../domain/money.ts";
import { isSameSecret } from "../same_secret.ts";
import type { Transport, TransportAnswer } from "../transport.ts";

/**
 * Any system that takes JSON: every event is one signed POST, told apart by its `id`, so a receiver
 * that sees an id twice does nothing the second time. It is never read: what it knows, it sends to
 * us. The messages are described in docs/adding-a-crm.md.
 */
export function createReceiverAdapter(options: {
  readonly transport: Transport;
  readonly url: string;
  readonly signingKey: string;
  readonly now: () => Date;
}): CrmAdapter {
  const send = (event: string, id: string, data: unknown, signal: AbortSignal) =>
    post(options, { event, id, data }, signal);
  return {
    abilities: { lines: "native", tellsDeletions: false, canRead: false },
    async probe(signal) {
      await send("ping", "ping", {}, signal);
      const remembered = {};
      return {
        accountId: null,
        currency: "RUB",
        timezone: null,
        problems: [],
        warnings: [],
        remembered,
      };
    },
    pipelines: async () => [],
    pull: async () => ({ clients: [], deals: [], cursor: {}, isComplete: true, isFull: false }),
    count: async () => null,
    read: async () => null,
    findClients: async (client) => [clientRef(client)],
    createClient: async (client) => clientRef(client),
    // The receiver keeps one deal for each id: finding it is not our business.
    findDeal: async (externalKey) => ({ entity: "deal", id: externalKey }),
    createDeal: async (deal) => ({ entity: "deal", id: deal.externalKey }),
    async writeDeal(ref, deal, signal) {
      const id = `deal ${deal.externalKey} ${deal.revision}`;
      await send("estimate.approved", id, dealMessage(deal), signal);
      return { deal: echoOf(ref, deal, options.now()), difference: null };
    },
    attach: (ref, file, signal) =>
      send("estimate.file", `file ${ref.id} ${file.fileName}`, fileMessage(ref, file), signal),
    keepWebhook: async () => null,
    webhook: {
      isGenuine: ({ body, headers }) =>
        isSameSecret(headers["x-smetka-signature"] ?? "", signatureOf(options.signingKey, body)),
      refs: () => [],
    },
  };
}

export function signatureOf(signingKey: string, body: string): string {
  return `sha256=${createHmac("sha256", signingKey).update(body).digest("hex")}`;
}

async function post(
  { transport, url, signingKey, now }: Parameters<typeof createReceiverAdapter>[0],
  message: { event: string; id: string; data: unknown },
  signal: AbortSignal,
): Promise<void> {
  const body = JSON.stringify({ ...message, sentAt: now().toISOString() });
  await transport.call(
    {
      operation: `POST ${message.event}`,
      method: "POST",
      url: new URL(url),
      headers: {
        "content-type": "application/json",
        "x-smetka-signature": signatureOf(signingKey, body),
      },
      body: Buffer.from(body),
      // The id makes repeating harmless.
      isWrite: false,
      judge,
    },
    signal,
  );
}

function judge({ status }: TransportAnswer) {
  if (status >= 200 && status < 300) return null;
  const code = `http_${status}`;
  if (status === 401 || status === 403) {
    return { failure: { kind: "stopped", reason: "credentials" } as const, code };
  }
  if (status === 410) return { failure: { kind: "stopped", reason: "gone" } as const, code };
  const isTheirs = status >= 500 || status === 429 || status === 408;
  return { failure: { kind: isTheirs ? "transient" : "invalid" } as const, code };
}

function clientRef({ kind, externalKey }: ClientPush): RemoteRef {
  return { entity: kind === "organisation" ? "company" : "contact", id: externalKey };
}

function dealMessage(deal: DealPush): unknown {
  const { total, client, lines, ...rest } = deal;
  return {
    ...rest,
    clientId: client?.id ?? null,
    total: formatMoney(total),
    lines: lines.map((line) => ({ ...line, amount: formatMoney(line.amount) })),
  };
}

function fileMessage(ref: RemoteRef, { fileName, bytes, text }: CrmFile): unknown {
  return { externalKey: ref.id, fileName, text, base64: Buffer.from(bytes).toString("base64") };
}

function echoOf(ref: RemoteRef, deal: DealPush, now: Date): RemoteDeal {
  return {
    ref,
    title: deal.title,
    pipelineId: "",
    stageId: "",
    outcome: "open",
    amount: deal.total,
    currency: deal.currency,
    clients: deal.client ? [deal.client] : [],
    externalKey: deal.externalKey,
    updatedAt: now,
    deleted: false,
  };
}

const inboundSchema = z.strictObject({
  clients: z
    .array(
      z.strictObject({
        id: z.string().min(1).max(100),
        kind: z.enum(["person", "organisation"]).default("person"),
        name: z.string().min(1).max(200),
        phones: z.array(z.string().max(50)).max(10).default([]),
        emails: z.array(z.string().max(200)).max(10).default([]),
        deleted: z.boolean().default(false),
      }),
    )
    .max(500),
});

/** What the receiver sends to us: whole clients, by its own ids. Throws `CrmError` for anything else. */
export function readInbound(body: string): z.output<typeof inboundSchema> {
  try {
    return inboundSchema.parse(JSON.parse(body));
  } catch (cause) {
    throw new CrmError({ kind: "invalid" }, "bad_message", { cause });
  }
}
