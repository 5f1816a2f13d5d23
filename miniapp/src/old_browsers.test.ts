import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const ROOMS = ["../../domain/", "./"].map((path) => new URL(path, import.meta.url));

describe("the code that runs on phones", () => {
  it("has no lookbehind: one makes Safari before 16.4 refuse the whole script", () => {
    const files = ROOMS.flatMap((room) =>
      readdirSync(room, { recursive: true, encoding: "utf8" })
        .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name))
        .map((name) => new URL(name, room)),
    );
    expect(files.length).toBeGreaterThan(100);
    const guilty = files.filter((file) => /\(\?<[=!]/.test(readFileSync(file, "utf8")));
    expect(guilty.map(({ pathname }) => pathname)).toEqual([]);
  });
});
