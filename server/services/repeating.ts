import type { RepeatService } from "../../domain/repeating.ts";
import { claimRequest, findAnswer, storeAnswer } from "../../db/repeatable_requests.ts";
import type { Scope } from "./scope.ts";

const DAY = 24 * 3600 * 1000; // ms

export function createRepeatService({ tx, actor, now }: Scope): RepeatService {
  const { companyId, userId } = actor;
  return {
    begin: async (key, digest) => {
      const since = new Date(now.getTime() - DAY);
      if (await claimRequest(tx, companyId, { userId, key, digest }, { now, since })) {
        return { kind: "new" };
      }
      const known = await findAnswer(tx, companyId, { userId, key });
      if (!known || Buffer.compare(known.digest, digest) !== 0) return { kind: "different" };
      return { kind: "same", answer: { status: known.status, body: known.body } };
    },
    keep: (key, answer) => storeAnswer(tx, companyId, { userId, key }, answer),
  };
}
