/** What goes wrong. «commit» faults do the work first: the caller just never learns of it. */
export type Fault =
  | { kind: "reply"; status: number; body: string | object; contentType?: string }
  | { kind: "commitThenReply"; status: number; body: string | object; contentType?: string }
  | { kind: "html"; status: number }
  | { kind: "commitThenHtml"; status: number }
  /** Real milliseconds: it is the caller's patience that is tried. */
  | { kind: "delay"; milliseconds: number }
  | { kind: "commitThenDelay"; milliseconds: number }
  | { kind: "drop" }
  | { kind: "commitThenDrop" }
  | { kind: "reset" }
  | { kind: "truncate" }
  | { kind: "badGzip" };

export interface FaultRule {
  /** Operation by name, pattern or question. In Bitrix24 it also finds commands inside a batch. */
  on: string | RegExp | ((operation: string) => boolean);
  /** Which matching call, counted from 1 since the rule was added. Default: the next one. */
  nth?: number;
  /** How many calls in a row, from `nth` on. Default 1. */
  times?: number;
  fault: Fault;
}

export interface FaultScript {
  add(...rules: FaultRule[]): void;
  clear(): void;
  /** The fault for this call, if one is due. Counts the call. */
  take(operation: string): Fault | null;
  /** Rules that have not struck for the last time yet. */
  pending(): number;
}

export function createFaultScript(initial: readonly FaultRule[] = []): FaultScript {
  let rules: { rule: FaultRule; calls: number }[] = [];
  const script: FaultScript = {
    add: (...added) => {
      rules.push(...added.map((rule) => ({ rule, calls: 0 })));
    },
    clear: () => {
      rules = [];
    },
    take(operation) {
      let due: Fault | null = null;
      for (const entry of rules) {
        if (!isMeant(entry.rule, operation)) continue;
        entry.calls += 1;
        if (isDue(entry.rule, entry.calls)) due ??= entry.rule.fault;
      }
      return due;
    },
    pending: () => rules.filter(({ rule, calls }) => calls < lastCall(rule)).length,
  };
  script.add(...initial);
  return script;
}

function isMeant({ on }: FaultRule, operation: string): boolean {
  if (typeof on === "string") return on === operation;
  return on instanceof RegExp ? on.test(operation) : on(operation);
}

function isDue(rule: FaultRule, call: number): boolean {
  return call >= (rule.nth ?? 1) && call <= lastCall(rule);
}

function lastCall(rule: FaultRule): number {
  return (rule.nth ?? 1) + (rule.times ?? 1) - 1;
}
