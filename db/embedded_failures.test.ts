import { describe, expect, it } from "vitest";
import { explainFailure, isErrorCode } from "./embedded_failures.ts";
import { StartupError } from "./startup_error.ts";

const place = "/данные/postgres";

describe("a failure of the file system or of PostgreSQL's programs", () => {
  it.each<[string, unknown, string, string]>([
    ["no_space", new Error("ENOSPC: no space left on device, write"), "", "нет места"],
    ["no_space", new Error("initdb failed"), "No space left on device", "нет места"],
    ["no_permission", new Error("EROFS: read-only"), "", "доступна только для чтения"],
    ["no_permission", new Error("EACCES: permission denied"), "", "Нет прав на папку"],
    ["broken", new Error("ENOTDIR: not a directory"), "", "не папка"],
    ["port_taken", new Error("exit 1"), "could not bind IPv4 address", "Порт базы данных занят"],
    [
      "in_use",
      new Error("exit 1"),
      'lock file "postmaster.pid" already exists',
      "ещё не завершился",
    ],
    ["unsupported", new Error("initialized by PostgreSQL version 17"), "", "другой версией"],
    ["broken", "exit 1", "PANIC: could not locate a valid checkpoint record", "данные повреждены"],
  ])("is %s in words, with the cause for who helps", (code, cause, output, words) => {
    const error = explainFailure(place, cause, output);
    expect(error).toBeInstanceOf(StartupError);
    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
    expect(error.message).not.toContain("exit 1");
    // What a program said is the nearer cause.
    const program = output === "" ? undefined : new Error(output, { cause });
    expect(error.cause).toEqual(program ?? cause);
  });

  it("that was explained already stays as it was", () => {
    const error = new StartupError("timeout", "Долго.");
    expect(explainFailure(place, error)).toBe(error);
  });
});

it("a code is told only of errors that have one", () => {
  expect(isErrorCode(Object.assign(new Error("нет"), { code: "ENOENT" }), "ENOENT")).toBe(true);
  expect(isErrorCode(new Error("ENOENT"), "ENOENT")).toBe(false);
  expect(isErrorCode({ code: "ENOENT" }, "ENOENT")).toBe(false);
});
