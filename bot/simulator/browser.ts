import chromium from "@sparticuz/chromium";
import { existsSync } from "node:fs";
import { chromium as playwright, type Browser } from "playwright-core";

/** A background browser has nobody to update itself or phone home for. */
const quietly = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts Chromium for tests: `CHROMIUM_PATH`, else the system's, else the one from npm. */
export async function launchBrowser(): Promise<Browser> {
  // oxlint-disable-next-line node/no-process-env -- a tool of tests: the product never runs it
  const named = process.env["CHROMIUM_PATH"];
  const system = "/usr/bin/chromium";
  const executablePath = named ?? (existsSync(system) ? system : await chromium.executablePath());
  return playwright.launch({ executablePath, args: quietly, headless: true });
}
