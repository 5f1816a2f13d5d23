import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { destination, type Logger, pino } from "pino";
import { describeError } from "../domain/described_error.ts";
import type { Config } from "./config.ts";

/** Never in a log, whatever an error or a request drags along. */
const SECRETS = [
  "req.headers.authorization",
  "req.headers.cookie",
  "*.token",
  "*.access_token",
  "*.refresh_token",
  "*.secret",
  "*.password",
];

/**
 * Events with fields, one JSON object a line. On a machine of its own (the simulator) they go to a
 * file, so that the terminal shows the one address that a newcomer needs; elsewhere to stdout.
 */
export function createLog(config: Pick<Config, "logLevel" | "telegram" | "dataDir">): Logger {
  const options = {
    level: config.logLevel,
    redact: SECRETS,
    base: { pid: process.pid },
    // Pino's own would write all that an error drags along: rows, calls, answers.
    serializers: { err: (error: unknown) => describeError(error) },
  };
  if (config.telegram.mode !== "simulator") return pino(options);
  mkdirSync(config.dataDir, { recursive: true });
  return pino(options, destination({ dest: logFile(config), sync: true, mkdir: true }));
}

export function logFile({ dataDir }: Pick<Config, "dataDir">): string {
  return join(dataDir, "smetka.log");
}
