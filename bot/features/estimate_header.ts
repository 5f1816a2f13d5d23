import type { Header } from "../../domain/estimate/estimate.ts";
import type { Id } from "../../domain/ids.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { toast } from "../messages.ts";
import { TOASTS } from "../texts_common.ts";

/**
 * Sets fields of an estimate's head. `version` is that of the pressed button: when the estimate moved on
 * since, nothing is set and the person is told. Null: what was typed counts whatever happened meanwhile.
 */
export async function setHeader(
  ctx: ChatContext,
  id: Id,
  version: number | null,
  set: Partial<Header>,
): Promise<void> {
  const result = await servicesOf(ctx).estimates.change(id, {
    baseVersion: version,
    changes: [{ id: ctx.tools.newId(), type: "estimate.set", set }],
    source: "bot",
  });
  if (result.outcome === "conflict") await toast(ctx, TOASTS.changed);
}
