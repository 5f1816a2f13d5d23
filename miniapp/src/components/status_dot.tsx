import type { EstimateStatus } from "../../../domain/estimate/status.ts";

/** A colour beside the word; never instead of it. */
export function StatusDot({ status }: { readonly status: EstimateStatus }) {
  return <span className="status-dot" data-status={status} aria-hidden="true" />;
}
