import { expect, it } from "vitest";
import { listedSections } from "./listed_sections.ts";
import { parseQuickAdd } from "./quick_add/quick_add.ts";

it("gives estimates what was read of a list, without warnings and sources", () => {
  const read = parseQuickAdd("Полы:\nСтяжка 5 м2 300\nМатериалы:\nКлей 2 мешка 500");
  const [floors, materials] = listedSections(read);
  expect(floors).toEqual({
    title: "Полы",
    kind: "work",
    lines: [{ name: "Стяжка", unit: "м²", quantity: 50_000_000n, price: 30_000n, kind: "work" }],
  });
  expect(materials).toMatchObject({ title: "Материалы", lines: [{ kind: "material" }] });
});
