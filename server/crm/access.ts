import { createHmac } from "node:crypto";
import { z } from "zod";
import type { CrmKind } from "../../domain/crm.ts";
import { AppError } from "../../domain/errors.ts";
import { type Id, packId, unpackId } from "../../domain/ids.ts";
import { amocrmOauthSchema } from "./amocrm/tokens.ts";
import { isSameSecret } from "./same_secret.ts";

/** What is kept sealed of one connection. */
export const secretsSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("bitrix24"),
    webhookUrl: z.string(),
    applicationToken: z.string().nullable(),
    memberId: z.string().nullable(),
  }),
  z.object({ kind: z.literal("amocrm"), baseUrl: z.string(), token: z.string() }),
  z.object({ kind: z.literal("amocrm_oauth"), baseUrl: z.string(), oauth: amocrmOauthSchema }),
  z.object({ kind: z.literal("webhook"), url: z.string(), signingKey: z.string() }),
]);
export type CrmSecrets = z.output<typeof secretsSchema>;

/** Every text that must never show: in a log, an error, a message. */
export function secretTexts(secrets: CrmSecrets): string[] {
  switch (secrets.kind) {
    case "bitrix24": {
      const key = new URL(secrets.webhookUrl).pathname.split("/")[3] ?? "";
      return [secrets.webhookUrl, key, secrets.applicationToken ?? ""];
    }
    case "amocrm":
      return [secrets.token];
    case "amocrm_oauth":
      return [
        secrets.oauth.accessToken,
        secrets.oauth.refreshToken,
        secrets.oauth.clientSecret,
        secrets.oauth.clientId,
      ];
    case "webhook":
      return [secrets.url, secrets.signingKey];
    default:
      return secrets satisfies never;
  }
}

/** `https://x.bitrix24.ru/rest/1/abc/`, with or without a method behind it. */
export function readWebhookUrl(text: string, isPlainAllowed: boolean): string {
  const url = URL.parse(text);
  const [, user, secret] = /^\/rest\/(\d+)\/([\w-]{5,})(\/|$)/.exec(url?.pathname ?? "") ?? [];
  const isScheme = url?.protocol === "https:" || (isPlainAllowed && url?.protocol === "http:");
  if (!url || !isScheme || !user || !secret || url.username !== "") {
    throw new AppError(
      "invalid",
      "Это не адрес входящего вебхука. Нужен вид https://ваш-портал.bitrix24.ru/rest/1/ключ/ — скопируйте его из Битрикс24 целиком.",
    );
  }
  return new URL(`/rest/${user}/${secret}/`, url).href;
}

const AMOCRM_HOST = /^[a-z0-9-]+\.(amocrm\.(ru|com)|kommo\.com)$/i;

/** `name.amocrm.ru` or `https://name.amocrm.ru/…`; a whole address where private ones are allowed. */
export function readAmocrmDomain(text: string, isPlainAllowed: boolean): string {
  const url = URL.parse(/^https?:\/\//i.test(text) ? text : `https://${text}`);
  const isOwn = isPlainAllowed && url !== null;
  if (!url || (!isOwn && (url.protocol !== "https:" || !AMOCRM_HOST.test(url.host)))) {
    throw new AppError("invalid", "Это не адрес amoCRM. Нужен вид name.amocrm.ru.");
  }
  return url.origin;
}

export function readReceiverUrl(text: string, isPlainAllowed: boolean): string {
  const url = URL.parse(text);
  const isScheme = url?.protocol === "https:" || (isPlainAllowed && url?.protocol === "http:");
  if (!url || !isScheme) {
    throw new AppError("invalid", "Нужен адрес, который начинается с https://.");
  }
  return url.href;
}

const MAC = 22; // characters of base64url: 132 bits

/**
 * The secret part of a connection's webhook address: who it is, and a proof that we made it. Found
 * and checked without a look into the database, so strangers cost nothing.
 */
export interface WebhookKeys {
  keyOf(kind: CrmKind, companyId: Id, connectionId: Id): string;
  read(kind: CrmKind, key: string): { companyId: Id; connectionId: Id } | null;
}

/** @param secret see `deriveKey` */
export function createWebhookKeys(secret: Buffer): WebhookKeys {
  const mac = (kind: CrmKind, ids: string) =>
    createHmac("sha256", secret).update(`${kind} ${ids}`).digest("base64url").slice(0, MAC);
  return {
    keyOf(kind, companyId, connectionId) {
      const ids = packId(companyId) + packId(connectionId);
      return ids + mac(kind, ids);
    },
    read(kind, key) {
      const ids = key.slice(0, 44);
      if (!isSameSecret(key.slice(44), mac(kind, ids))) return null;
      const companyId = unpackId(ids.slice(0, 22));
      const connectionId = unpackId(ids.slice(22));
      return companyId && connectionId ? { companyId, connectionId } : null;
    },
  };
}
