import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Page } from "playwright-core";

/** Where pictures go for a person to look at; nowhere unless it is set. */
const PICTURES = process.env["PICTURES"];

const WIDTHS = [320, 390, 1280];

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What there is to mend at any width: what axe-core finds, small targets, what hangs out. */
export async function look(page: Page, name: string): Promise<unknown[]> {
  const wrong: unknown[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    await picture(page, `${name}-${width}`);
    const found = [...(await check(page)), ...(await measure(page))];
    wrong.push(...found.map((problem) => ({ name, width, problem })));
  }
  return wrong;
}

/** What axe-core finds. */
export async function check(page: Page): Promise<unknown[]> {
  // The policy of the page allows no script of others; the debugger's own world is exempt.
  const found = await page.evaluate(
    `(() => { ${axe}; return axe.run(document, { resultTypes: ["violations"] }); })()`,
  );
  const { violations } = found as {
    violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
  };
  return violations.map(({ id, nodes }) => ({
    id,
    where: nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary}`),
  }));
}

/** What is smaller than a thumb, or hangs out of the window or of its card. */
async function measure(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const wrong: string[] = [];
    if (document.documentElement.scrollWidth > window.innerWidth)
      wrong.push("wider than the window");
    for (const element of document.querySelectorAll("button, select, .field-input, a.button")) {
      const { width, height } = element.getBoundingClientRect();
      if (width === 0 && height === 0) continue;
      if (height < 43.5 || width < 43.5) wrong.push(element.outerHTML.slice(0, 120));
    }
    for (const element of document.querySelectorAll(".panel > *, .totals > *, .card > *")) {
      const box = element.parentElement ?? element;
      const end =
        box.getBoundingClientRect().right - parseFloat(getComputedStyle(box).paddingRight);
      if (element.getBoundingClientRect().right > end + 0.5) {
        wrong.push(`hangs out of ${box.className}: ${element.outerHTML.slice(0, 120)}`);
      }
    }
    // What is cut off by its own box takes no more room than the box.
    const textBox = (element: Element): DOMRect => {
      const text = document.createRange();
      text.selectNodeContents(element);
      const cut = element.querySelector(".cell-text") ?? element.closest(".cell-text");
      return (cut ?? text).getBoundingClientRect();
    };
    for (const line of document.querySelectorAll(".row-line, .section")) {
      const { top, bottom } = line.getBoundingClientRect();
      const texts = [
        ...line.querySelectorAll(".cell, .line-times, .line-amount, .cell-title, .section-amount"),
      ]
        .map((element) => ({ element, box: textBox(element) }))
        .filter(({ box }) => box.width > 0);
      for (const [index, { element, box }] of texts.entries()) {
        const name = `${element.className} «${element.textContent?.slice(0, 40)}»`;
        if (box.top < top - 0.5 || box.bottom > bottom + 0.5) wrong.push(`not in its row: ${name}`);
        for (const other of texts.slice(index + 1)) {
          const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
          const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
          if (across > 0.5 && down > 2)
            wrong.push(`${name} over «${other.element.textContent?.slice(0, 40)}»`);
        }
      }
    }
    for (const element of document.querySelectorAll("[role=alert]")) {
      const { left, right, width } = element.getBoundingClientRect();
      if (width > 0 && (left < 0 || right > window.innerWidth)) {
        wrong.push(`hangs out: ${element.textContent}`);
      }
    }
    return wrong;
  });
}

async function picture(page: Page, name: string): Promise<void> {
  if (!PICTURES) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), scale: "css" });
}

export const press = (page: Page, name: string | RegExp) =>
  page
    .getByRole("button", typeof name === "string" ? { name, exact: true } : { name })
    .first()
    .click();
export const heading = (page: Page, name: string | RegExp) =>
  page.getByRole("heading", { name }).first().waitFor();
export const menu = async (page: Page, name: string) => {
  await press(page, "Ещё");
  await page.getByRole("dialog").getByRole("button", { name, exact: true }).click();
};
