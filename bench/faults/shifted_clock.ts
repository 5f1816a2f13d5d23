/**
 * Preloaded into a process whose clock is wrong: `node --import …/shifted_clock.ts`. CLOCK_SHIFT is in
 * milliseconds. Timers and `performance` go on as they are, as on a machine that was set wrongly.
 */
const shift = Number(process.env["CLOCK_SHIFT"] ?? 0);
const RealDate = Date;

class ShiftedDate extends RealDate {
  constructor(...given: unknown[]) {
    if (given.length === 0) super(RealDate.now() + shift);
    else super(...(given as [number]));
  }

  static override now(): number {
    return RealDate.now() + shift;
  }
}

globalThis.Date = ShiftedDate as DateConstructor;
