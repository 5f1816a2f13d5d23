import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { AMOCRM_DEFAULTS } from "../amocrm/fake/options.ts";
import { BITRIX24_DEFAULTS } from "../bitrix24/fake/options.ts";

const PAGE = readFileSync(new URL("../../../docs/crm-fakes.md", import.meta.url), "utf8");

it("docs/crm-fakes.md names every switch of the fakes, and no other", () => {
  const [, ...tables] = PAGE.split("\n## ");
  const cells = tables
    .join("\n")
    .split("\n")
    .filter((line) => line.startsWith("| "));
  const named = cells.flatMap((line) => [...line.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  const switches = [...Object.keys(BITRIX24_DEFAULTS), ...Object.keys(AMOCRM_DEFAULTS)];
  expect(switches.filter((name) => !named.includes(name))).toEqual([]);
  const known = new Set([...switches, "originId", "updated_at"]);
  expect(named.filter((name) => name === undefined || !known.has(name))).toEqual([]);
});
