import type { Reader } from "../services/reading.ts";
import type { Html } from "../pages/layout.ts";

/** What a page is made from. */
export interface PageRequest extends Reader {
  /** Of the address, one value for each name. */
  readonly query: Readonly<Record<string, string>>;
  /** The id in the address; empty for pages without one. */
  readonly id: string;
  /** Of the company. */
  readonly timezone: string;
}

export interface PageContent {
  readonly title: string;
  readonly body: Html;
  /** Seconds after which the page looks again, also without a script. */
  readonly refresh?: number;
}

/** One page: reads and draws. Throws `AppError`. */
export type ManagerPage = (request: PageRequest) => Promise<PageContent>;
