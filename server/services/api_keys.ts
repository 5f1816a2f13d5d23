import { type ApiKeyService, KEY_PREFIX, MOST_KEYS, newKeySchema } from "../../domain/api_keys.ts";
import { AppError, notFound } from "../../domain/errors.ts";
import { isId } from "../../domain/ids.ts";
import { insertApiKey, listApiKeys, revokeApiKey } from "../../db/api_keys.ts";
import { makeLinkToken } from "../auth/tokens.ts";
import { readInput } from "./input.ts";
import { demand, type Scope } from "./scope.ts";

export function createApiKeyService(scope: Scope): ApiKeyService {
  const { tx, actor, now } = scope;
  const { companyId, userId } = actor;
  return {
    create: async (given) => {
      demand(scope, "keys.edit");
      const { name, scope: keyScope } = readInput(newKeySchema, given, { name: "Название" });
      const before = await listApiKeys(tx, companyId, MOST_KEYS);
      if (before.length >= MOST_KEYS) {
        throw new AppError("limit", `Ключей может быть не больше ${MOST_KEYS}. Отзовите лишние.`);
      }
      const id = scope.newId();
      const token = KEY_PREFIX + makeLinkToken(companyId);
      await insertApiKey(tx, companyId, {
        id,
        name,
        scope: keyScope,
        token,
        createdBy: userId,
        createdAt: now,
      });
      const key = (await listApiKeys(tx, companyId, MOST_KEYS)).find((one) => one.id === id);
      if (!key) throw new TypeError("the key that was made is not there");
      return { key, token };
    },
    list: async () => {
      demand(scope, "keys.edit");
      return listApiKeys(tx, companyId, MOST_KEYS);
    },
    revoke: async (id) => {
      demand(scope, "keys.edit");
      const isThere = isId(id) && (await revokeApiKey(tx, companyId, id, now));
      if (!isThere) throw notFound("Запись ключа");
    },
  };
}
