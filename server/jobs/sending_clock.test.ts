import { describe, expect, it } from "vitest";
import { createDatabaseClock, createRoundTrips } from "./sending_clock.ts";

describe("the database's clock", () => {
  /** A clock of ours that is `ahead` of the database's, and answers that take their time. */
  function start(ahead: number) {
    const world = { now: 0, ahead };
    const clock = createDatabaseClock(() => world.now);
    const look = (way: number, back: number) => {
      const askedAt = world.now;
      const read = world.now + way - world.ahead;
      world.now += way + back;
      clock.note(read, askedAt);
    };
    return { world, clock, look };
  }

  it("is never taken for earlier than it is, and is known by the best look", () => {
    const { clock, look } = start(5_000);
    look(40, 90);
    look(1, 2);
    look(300, 20);
    expect(clock.toLocal(1_000)).toBe(6_002);
    expect(clock.toDatabase(6_000)).toBe(1_001);
  });

  it("keeps the best look for a minute of busy ones, and no longer", () => {
    const { world, clock, look } = start(5_000);
    look(1, 1);
    while (world.now < 59_000) look(60, 60);
    expect(clock.toLocal(0)).toBe(5_001);
    while (world.now < 61_000) look(60, 60);
    expect(clock.toLocal(0)).toBe(5_060);
  });

  it.each([400, -400])("follows when a clock is set by %i ms", (shift) => {
    const { world, clock, look } = start(5_000);
    for (let count = 0; count < 30; count += 1) look(2, 2);
    world.ahead += shift;
    look(2, 2);
    expect(clock.toLocal(0)).toBe(5_002 + shift);
    expect(clock.toDatabase(5_000 + shift)).toBe(2);
  });
});

describe("the way to Telegram", () => {
  function spared(trips: readonly number[]): number {
    const known = createRoundTrips();
    for (const trip of trips) known.add(trip);
    return known.spared();
  }
  const repeated = (trips: readonly number[]) =>
    Array.from({ length: 200 }, (_, index) => trips[index % trips.length] ?? 0);

  it("spares what every message needs, less a margin", () => {
    expect(spared(repeated([80, 82, 84, 95, 120]))).toBe(65);
  });

  it("spares nothing before it is known, and nothing on a way without length", () => {
    expect(spared(repeated([80]).slice(0, 99))).toBe(0);
    expect(spared(repeated([2, 3, 40]))).toBe(0);
  });

  it("spares nothing where a busy machine, not the way, takes the time", () => {
    expect(spared(repeated(Array.from({ length: 50 }, (_, index) => 30 + index * 20)))).toBe(0);
  });

  it("spares no more than the quickest trip ever, however slow later ones are", () => {
    expect(spared([20, ...repeated([80])])).toBe(0);
  });
});
