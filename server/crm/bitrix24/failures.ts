import { type CrmFailure, REQUIRED_FIELD, type StopReason } from "../../../domain/crm_adapter.ts";
import { asMap, asText } from "../loose.ts";
import type { CrmFailureReport, TransportAnswer } from "../transport.ts";

/**
 * What the portal's answer means. A 200 may carry an error and an error may be an empty text or a
 * number, so the body decides before the status. apidocs.bitrix24.com/limits.html, _includes/system-errors
 */
export function judgeAnswer(
  { status, json }: TransportAnswer,
  isWrite: boolean,
  now: Date,
): CrmFailureReport | null {
  const body = asMap(json);
  if (body["error"] !== undefined) {
    const report = judgeCode(status, asText(body["error"]), asText(body["error_description"]), now);
    return report.failure.kind === "transient" && isWrite
      ? { ...report, failure: { kind: "unknown" } }
      : report;
  }
  if (json !== undefined && status === 200) return null;
  // HTML where JSON was expected: a web server speaks, not the portal.
  if (status === 413) return { failure: { kind: "invalid" }, code: "413" };
  if (status === 404) return { failure: { kind: "stopped", reason: "gone" }, code: "404" };
  return { failure: { kind: isWrite ? "unknown" : "transient" }, code: `http_${status}` };
}

const STOPS: Readonly<Record<string, StopReason>> = {
  NO_AUTH_FOUND: "credentials",
  INVALID_CREDENTIALS: "credentials",
  EXPIRED_TOKEN: "credentials",
  INSUFFICIENT_SCOPE: "rights",
  USER_ACCESS_ERROR: "rights",
  ALLOWED_ONLY_INTRANET_USER: "rights",
  OVERLOAD_LIMIT: "blocked",
  PORTAL_DELETED: "gone",
};

const PERIOD = 60_000; // ms

export function judgeCode(
  status: number,
  code: string,
  description: string,
  now: Date,
): CrmFailureReport {
  const report = (failure: CrmFailure): CrmFailureReport => ({
    failure,
    code: code.slice(0, 80) || `error_${status}`,
  });
  const name = code.toUpperCase();
  if (name === "QUERY_LIMIT_EXCEEDED") {
    return report({ kind: "rate", scope: "account", retryAt: new Date(now.getTime() + 1500) });
  }
  if (name === "OPERATION_TIME_LIMIT" || status === 429) {
    return report({ kind: "rate", scope: "operation", retryAt: new Date(now.getTime() + PERIOD) });
  }
  if (name === "INVALID_REQUEST" && /https/i.test(description)) {
    return report({ kind: "stopped", reason: "insecure" });
  }
  const stop = STOPS[name];
  if (stop) return report({ kind: "stopped", reason: stop });
  // The tariff speaks with 403; without rights to one record it is 400.
  if (name === "ACCESS_DENIED" && status === 403) {
    const isTariff = /plan|тариф/i.test(description);
    return report({ kind: "stopped", reason: isTariff ? "payment" : "rights" });
  }
  if (name === "NOT_FOUND" || name === "OWNER_NOT_FOUND") return report({ kind: "missing" });
  if (status >= 500) return report({ kind: "transient" });
  if (name === "CRM_FIELD_ERROR_REQUIRED") {
    return { failure: { kind: "invalid" }, code: REQUIRED_FIELD };
  }
  return report({ kind: "invalid" });
}
