import { z } from "zod";
import { AppError, notFound } from "../../domain/errors.ts";
import { idSchema } from "../../domain/ids.ts";
import type { DocumentFormat, DocumentService } from "../../domain/services.ts";
import { findWaitingDocument, insertDocument, setDocumentNotice } from "../../db/documents.ts";
import { findEstimate } from "../../db/estimates.ts";
import { demandReadable } from "./estimate_cards.ts";
import { demand, type Scope } from "./scope.ts";

const orderSchema = z.strictObject({
  format: z.enum(["pdf", "xlsx"]) satisfies z.ZodType<DocumentFormat>,
  chatId: z.int(),
});

/** After that long something is wrong with the first order, and a new one may help. */
const SECOND_TAP = 60_000; // ms

export function createDocumentService(scope: Scope): DocumentService {
  const { tx, actor } = scope;
  return {
    order: async (estimateId, format, { chatId }) => {
      demand(scope, "estimate.read");
      if (!orderSchema.safeParse({ format, chatId }).success) throw unknownOrder();
      const estimate = idSchema.safeParse(estimateId).success
        ? await findEstimate(tx, actor.companyId, estimateId)
        : null;
      const { version, isRemoved } = demandReadable(scope, estimate);
      if (isRemoved) throw notFound("Смета");
      const wanted = { estimateId, version, format, chatId };
      const since = new Date(scope.now.getTime() - SECOND_TAP);
      const waiting = await findWaitingDocument(tx, actor.companyId, wanted, since);
      if (waiting) return { id: waiting, isNew: false };
      const id = scope.newId();
      await insertDocument(tx, actor.companyId, { ...wanted, id, orderedBy: actor.userId });
      await scope.enqueue("document.render", { companyId: actor.companyId, documentId: id });
      return { id, isNew: true };
    },
    announced: (documentId, messageId) =>
      setDocumentNotice(tx, actor.companyId, documentId, messageId),
  };
}

function unknownOrder(): AppError {
  return new AppError(
    "invalid",
    "Можно заказать PDF или Excel. Откройте смету и выберите ещё раз.",
  );
}
