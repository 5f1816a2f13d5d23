import { z } from "zod";
import type { Id } from "./ids.ts";
import { nameSchema } from "./text.ts";

/** `read`: looks. `write`: also works on estimates, clients, objects and prices. */
export const KEY_SCOPES = ["read", "write"] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];

export const newKeySchema = z.strictObject({ name: nameSchema(100), scope: z.enum(KEY_SCOPES) });
export type NewKey = z.output<typeof newKeySchema>;

/** What makes a token an API key: people and scanners of leaked secrets tell it by this. */
export const KEY_PREFIX = "sk_";

/** Keys that are good at one time. */
export const MOST_KEYS = 20;

/** A key of another program, without its secret. */
export interface ApiKey {
  readonly id: Id;
  readonly name: string;
  readonly scope: KeyScope;
  readonly createdByName: string;
  readonly createdAt: Date;
  /** To the minute; null: never. */
  readonly usedAt: Date | null;
}

/** Owners only; throws `forbidden` for others. */
export interface ApiKeyService {
  /** `token` is shown once: only a hash is kept. Throws `limit` for too many. */
  create(key: NewKey): Promise<{ readonly key: ApiKey; readonly token: string }>;
  /** Those that are good, newest first. */
  list(): Promise<readonly ApiKey[]>;
  /** From the next request on the key is refused. Throws `not_found`. */
  revoke(id: Id): Promise<void>;
}
