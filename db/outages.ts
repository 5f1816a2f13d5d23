/**
 * Classes of SQLSTATE that say nothing about the work: the connection (08), resources such as disk and
 * slots (53), an operator's stop or a crash (57P). See PostgreSQL, Appendix A.
 */
const STATES = /^(08|53|57P)/;
/** A standby or a server that was set to read only; a deadlock; a lock that did not come. */
const SINGLE_STATES = new Set(["25006", "40001", "40P01", "55P03"]);
/** Of postgres.js and of Node's sockets. */
const CONNECTION =
  /^(CONNECTION_(CLOSED|ENDED|DESTROYED)|CONNECT_TIMEOUT|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)$/;

/** Whether the database was away or busy: the same work may go through later, unchanged. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  const code = String(error.code);
  return STATES.test(code) || SINGLE_STATES.has(code) || CONNECTION.test(code);
}
