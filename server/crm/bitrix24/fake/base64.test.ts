import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { programEnvironment } from "../../../../db/testing_environment.ts";
import { decodeBase64 } from "./base64.ts";

it.each([
  ["a text", "0KHQvNC10YLQsA==", "Смета"],
  ["one sign at the end", "c21ldGE=", "smeta"],
  ["none at the end", "c21ldGFz", "smetas"],
  ["none where there should be some", "c21ldGE", "smeta"],
  ["plus and slash", "Pj4/Pz8+", ">>???>"],
  ["lines", "c21l\r\ndGE=\r\n", "smeta"],
  ["white space before the end and around", " \tc21ldGE =\u00a0\ufeff\u2028", "smeta"],
  ["nothing but white space", " \n", ""],
])("reads %s", (_, text, content) => {
  const bytes = decodeBase64(text);
  expect(bytes && Buffer.from(bytes).toString()).toBe(content);
});

it.each([
  ["nothing", ""],
  ["a prefix", "data:application/pdf;base64,c21ldGE="],
  ["a stray character in front", "*c21ldGE="],
  ["a stray character inside", "c21l*dGE="],
  ["a stray character behind", "c21ldGE=*"],
  ["base64url", "Pj4_Pz8-"],
  ["Cyrillic letters that look the same", "с21ldGE="],
  ["a character of which half is in the alphabet", "c21l\u0141"],
  ["an end alone", "=="],
  ["three signs at the end", "c21ldGE==="],
  ["an end that is torn apart", "c20= ="],
  ["an end in the middle", "c20=c20="],
])("takes %s for no base64", (_, text) => {
  expect(decodeBase64(text)).toBeNull();
});

it("reads 20 MB, in lines, too, and finds what is stray at their end", () => {
  const content = Buffer.alloc(20 * 1024 * 1024, "смета");
  const text = content.toString("base64");
  const lines = `${text.slice(0, 8_000_000)}\r\n${text.slice(8_000_000)}\r\n`;
  for (const one of [text, lines]) {
    const bytes = decodeBase64(one);
    expect(bytes && content.equals(bytes)).toBe(true);
  }
  expect(decodeBase64(`${text}*`)).toBeNull();
});

it("reads 20 MB in a process that optimises patterns no longer", async () => {
  const module = JSON.stringify(new URL("./base64.ts", import.meta.url));
  const program = `
    const { decodeBase64 } = await import(${module});
    const text = Buffer.alloc(20 * 1024 * 1024, 65).toString("base64");
    console.log(decodeBase64(text)?.length);
  `;
  // What V8 does by itself in a process that has compiled many patterns and has much machine code.
  const flags = ["--no-regexp-optimization", "--input-type=module", "--eval", program];
  const { stdout } = await promisify(execFile)(process.execPath, flags, {
    env: programEnvironment({}),
  });
  expect(stdout.trim()).toBe(String(20 * 1024 * 1024));
});
