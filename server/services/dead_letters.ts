import type { DeadLetterService } from "../../domain/dead_letters.ts";
import { AppError } from "../../domain/errors.ts";
import { listDeadLetters, lockDeadLetter, markDeadLetterRetried } from "../../db/dead_letters.ts";
import { QUEUE_NAMES, QUEUES } from "../jobs/queues.ts";
import { idCursor, makePage, readIdCursor, readPageRequest } from "./paging.ts";
import { demand, type Scope } from "./scope.ts";
import { byId } from "./input.ts";

export function createDeadLetterService(scope: Scope): DeadLetterService {
  const { tx, actor } = scope;
  const { companyId } = actor;
  return {
    list: async (request) => {
      demand(scope, "jobs.retry");
      const { cursor, limit } = readPageRequest(request);
      const rows = await listDeadLetters(tx, companyId, { before: readIdCursor(cursor), limit });
      return makePage(rows, limit, { item: (row) => row, place: idCursor });
    },
    retry: async (id) => {
      demand(scope, "jobs.retry");
      const letter = await byId(id, () => lockDeadLetter(tx, companyId, id));
      if (!letter) throw new AppError("not_found", "Такого задания нет.");
      if (letter.isRetried) return "already";
      const queue = QUEUE_NAMES.find((name) => name === letter.queue);
      const payload = queue && QUEUES[queue].schema.safeParse(letter.payload).data;
      if (!queue || !payload) {
        throw new AppError("conflict", "Это задание из старой версии, повторить его нельзя.");
      }
      await markDeadLetterRetried(tx, companyId, id, { by: actor.userId, at: scope.now });
      await scope.enqueue(queue, payload, { singletonKey: id });
      return "again";
    },
  };
}
