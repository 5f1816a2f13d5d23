import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import axe from "axe-core";
import type { Page } from "playwright-core";

/** Where pictures go for a person to look at; nowhere unless it is set. */
const PICTURES = process.env["PICTURES"];
const WIDTHS = [360, 768, 900, 1024, 1250, 1280, 1920];

/** Why the page does not fit all widths or can't be used by everybody; the context must let scripts in. */
export async function findFlaws(
  page: Page,
  name: string,
  colorScheme: "light" | "dark",
): Promise<string[]> {
  const flaws: string[] = [];
  for (const width of WIDTHS) {
    flaws.push(...(await findMisfits(page, `${name}-${width}-${colorScheme}`, width)));
    // Colours are the same at every width; what is laid out differs between these two.
    if (width !== 1280 && (width !== 360 || colorScheme === "dark")) continue;
    await page.evaluate(axe.source);
    const found = await page.evaluate(async () => {
      const { axe: checker } = window as unknown as { axe: typeof axe };
      const { violations } = await checker.run();
      return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    });
    flaws.push(...found.map((flaw) => `${name} at ${width}: ${flaw}`));
  }
  return flaws;
}

/** What does not fit this width. */
export async function findMisfits(page: Page, name: string, width: number): Promise<string[]> {
  await page.setViewportSize({ width, height: 900 });
  const scrolled = await page.evaluate(() => document.documentElement.scrollWidth);
  const spilled = await findSpilled(page);
  await picture(page, name);
  return [
    ...(scrolled === width ? [] : [`${name} is ${scrolled} wide`]),
    ...spilled.map((text) => `${name} spills «${text}»`),
  ];
}

/** Cells that stand in the margin of their card or out of it: the page itself does not scroll for them. */
function findSpilled(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    Array.from(document.querySelectorAll(".card")).flatMap((card) => {
      // Widths are fractions of a pixel.
      const margin = Number.parseFloat(getComputedStyle(card).paddingRight) - 1;
      const edge = card.getBoundingClientRect().right - margin;
      return Array.from(card.querySelectorAll("td, tbody th"))
        .filter((cell) => cell.getBoundingClientRect().right > edge)
        .map((cell) => cell.textContent?.trim().slice(0, 40) ?? "");
    }),
  );
}

export async function picture(page: Page, name: string): Promise<void> {
  if (!PICTURES) return;
  await mkdir(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}
