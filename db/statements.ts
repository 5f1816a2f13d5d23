import type { Transaction } from "./client.ts";

/** A write with its parameters; `$1` is the first. Only texts of the program, never of people. */
export interface Statement {
  readonly text: string;
  readonly parameters: readonly (string | null)[];
}

/**
 * Sends writes that know nothing of each other as one: to say a statement costs a process as much as it costs
 * PostgreSQL to run a small one. Sent when this returns: what follows on the connection, a commit perhaps, runs
 * behind it.
 */
export function writeTogether(tx: Transaction, statements: readonly Statement[]): Promise<unknown> {
  const last = statements.at(-1);
  if (last === undefined) return Promise.resolve();
  const parameters: (string | null)[] = [];
  const place = ({ text, parameters: own }: Statement): string => {
    const first = parameters.push(...own) - own.length;
    return first === 0
      ? text
      : text.replace(/\$(\d+)/g, (_, number: string) => `$${Number(number) + first}`);
  };
  const others = statements
    .slice(0, -1)
    .map((statement, index) => `write_${index} as (${place(statement)})`);
  const whole = others.length === 0 ? place(last) : `with ${others.join(", ")} ${place(last)}`;
  // Unprepared it would wait for the types of its parameters, and hold back the commit behind it.
  return tx.unsafe(whole, parameters, { prepare: true }).execute();
}
