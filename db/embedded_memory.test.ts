import { totalmem } from "node:os";
import { describe, expect, it } from "vitest";
import { memorySettings } from "./embedded_memory.ts";

const GB = 1024 ** 3;

describe("the embedded server's memory for pages", () => {
  it("is an eighth of the machine's", () => {
    expect(memorySettings(4 * GB)).toEqual({
      shared_buffers: "512MB",
      effective_cache_size: "2048MB",
    });
  });

  it("is 128 MB on the smallest machine and 2 GB on the largest", () => {
    expect(memorySettings(GB / 2).shared_buffers).toBe("128MB");
    expect(memorySettings(512 * GB).shared_buffers).toBe("2048MB");
  });

  it("is never more than this machine has", () => {
    const shared = Number.parseInt(memorySettings().shared_buffers, 10) * 1024 ** 2;
    expect(shared).toBeLessThanOrEqual(Math.max(totalmem() / 8, 128 * 1024 ** 2));
    expect(shared).toBeGreaterThan(0);
  });
});
