import type { Clock } from "./clock.ts";
import { shuffle } from "./random.ts";

export interface Message {
  url: string;
  /** A form body. */
  body: string;
}

/** One attempt to hand a webhook over. */
export interface Delivery {
  message: Message;
  /** 1 for the first attempt. */
  attempt: number;
  /** The handler's status; null when it was late or unreachable. */
  status: number | null;
  /** The handler had all its time and did not answer. */
  isLate: boolean;
  /** The fake's clock. */
  at: number;
}

/** How the way to the handler misbehaves. Unset means it does not. */
interface Mischief {
  /** How many extra copies of each message are sent. */
  duplicates?: number;
  /** Held messages leave in another order, chosen by this seed. */
  reorderSeed?: number;
  /** Messages for which this is true are never sent. Counted from 1. */
  isLost?: (message: Message, number: number) => boolean;
}

export interface Dispatcher {
  send(message: Message): void;
  /** Keeps messages back until `release`. */
  hold(): void;
  /** Sends what was held and everything after it. */
  release(): Promise<void>;
  misbehave(mischief: Mischief): void;
  /** Resolves when everything sent so far was attempted once. */
  settled(): Promise<void>;
  deliveries(): readonly Delivery[];
}

export interface DispatcherSetup {
  clock: Clock;
  /** Real milliseconds a handler may take. */
  timeout: () => number;
  /** Delay before the next attempt in ms of the fake's clock, or null to give up. */
  retryAfter(delivery: Delivery): number | null;
  onDelivery?(delivery: Delivery): void;
}

/** Posts webhooks one after another, as the CRM's queue server does. */
export function createDispatcher(setup: DispatcherSetup): Dispatcher {
  const deliveries: Delivery[] = [];
  let held: Message[] | null = null;
  let mischief: Mischief = {};
  let line: Promise<void> = Promise.resolve();
  let seen = 0;

  const attemptDelivery = async (message: Message, attempt: number): Promise<void> => {
    const outcome = await post(message, setup.timeout());
    const delivery = { message, attempt, ...outcome, at: setup.clock.now() };
    deliveries.push(delivery);
    setup.onDelivery?.(delivery);
    const delay = setup.retryAfter(delivery);
    if (delay !== null)
      setup.clock.schedule(delay, async () => attemptDelivery(message, attempt + 1));
  };

  const enqueue = (message: Message): void => {
    seen += 1;
    if (mischief.isLost?.(message, seen) === true) return;
    for (let copy = 0; copy <= (mischief.duplicates ?? 0); copy += 1) {
      line = line.then(async () => attemptDelivery(message, 1));
    }
  };

  return {
    send(message) {
      if (held === null) enqueue(message);
      else held.push(message);
    },
    hold() {
      held ??= [];
    },
    async release() {
      const waiting = held ?? [];
      held = null;
      const { reorderSeed } = mischief;
      const ordered = reorderSeed === undefined ? waiting : shuffle(waiting, reorderSeed);
      for (const message of ordered) enqueue(message);
      await line;
    },
    misbehave(change) {
      mischief = change;
    },
    settled: async () => line,
    deliveries: () => deliveries,
  };
}

async function post(
  message: Message,
  timeout: number,
): Promise<Pick<Delivery, "status" | "isLate">> {
  const signal = AbortSignal.timeout(timeout);
  try {
    const response = await fetch(message.url, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: message.body,
      redirect: "manual",
      signal,
    });
    await response.arrayBuffer();
    return { status: response.status, isLate: false };
  } catch {
    // Late, refused or cut: for the CRM all of it is «no answer», and it is recorded as such.
    return { status: null, isLate: signal.aborted };
  }
}
