import type { Root } from "react-dom/client";
import { type Api, ApiError, createApi, type OpenedSession, reach, read } from "../api.ts";
import { deviceName } from "../device/database.ts";
import { photoDatabaseName } from "../photos/photo_store.ts";
import type { SessionSource } from "../session.ts";
import { LoginScreen } from "./login_screen.tsx";
import { OutsideScreen } from "./outside_screen.tsx";
import { outsideTexts } from "./outside_texts_ru.ts";
import "./outside.css";

type Start = (source: SessionSource, personId: string, startParam: string | null) => Promise<void>;

/** Whose content this browser keeps: with it the app opens at once, and without a network. */
const PERSON = "smetka-person";

/**
 * The app in an ordinary browser: by a login link of the bot, later by the login that it made, else a page
 * that says how to get one.
 */
export async function enterOutside(root: Root, start: Start): Promise<void> {
  followSystem();
  const api = createApi({ fetch: window.fetch.bind(window) });
  const link = readLink(window.location.hash);
  if (link) {
    const enter = async () => {
      const opened = await read(api.session.link.$post({ json: { token: link.token } }));
      // What is spent need not stand in the address.
      window.history.replaceState(null, "", window.location.pathname);
      remember(personOf(opened));
      await begin(root, start, { personId: personOf(opened), startParam: link.open, opened });
    };
    root.render(<LoginScreen onEnter={enter} />);
    return;
  }
  const known = recall();
  if (known !== null)
    return begin(root, start, { personId: known, startParam: null, opened: null });
  // Some browsers forget what pages keep long before their cookies.
  try {
    const opened = await read(api.session.browser.$post());
    remember(personOf(opened));
    await begin(root, start, { personId: personOf(opened), startParam: null, opened });
  } catch {
    root.render(<OutsideScreen />);
  }
}

interface Beginning {
  readonly personId: string;
  readonly startParam: string | null;
  /** What was got already; null: the first exchange asks. */
  readonly opened: OpenedSession | null;
}

async function begin(
  root: Root,
  start: Start,
  { personId, startParam, opened }: Beginning,
): Promise<void> {
  let first = opened;
  const exchange = async (api: Api): Promise<OpenedSession> => {
    const got = first ?? (await renew(api, root));
    first = null;
    if (personOf(got) === personId) return got;
    // Another person logged in with this browser, in another window: nothing of his comes in here.
    remember(personOf(got));
    window.location.reload();
    throw new ApiError(401, "unauthenticated", outsideTexts.loginOver);
  };
  const leave = () => leaveBrowser(personId);
  // A token of whoever was here before must not speak for this one.
  if (opened) window.sessionStorage.clear();
  await start({ name: personId, exchange, leave }, personId, startParam);
}

async function renew(api: Api, root: Root): Promise<OpenedSession> {
  try {
    return await read(api.session.browser.$post());
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      // What was made here and is not sent stays for the next login.
      forget();
      root.render(<OutsideScreen title={outsideTexts.loginOver} />);
    }
    throw error;
  }
}

async function leaveBrowser(personId: string): Promise<void> {
  const api = createApi({ fetch: window.fetch.bind(window) });
  await reach(api.session.browser.$delete());
  forget();
  window.sessionStorage.clear();
  // The next person at this computer finds nothing; open windows give it up when they go.
  const name = deviceName(personId);
  for (const kept of [name, photoDatabaseName(name)]) window.indexedDB.deleteDatabase(kept);
  window.location.reload();
}

/** "#login=<token>&open=e_…" */
function readLink(hash: string): { readonly token: string; readonly open: string | null } | null {
  const parameters = new URLSearchParams(hash.slice(1));
  const token = parameters.get("login");
  return token === null ? null : { token, open: parameters.get("open") };
}

/** Keeps apart what one person sees in several companies. */
function personOf({ me }: OpenedSession): string {
  return `${me.company.id}.${me.id}`;
}

/** The colours of the system, and a mark that there is no Telegram around. */
function followSystem(): void {
  const { dataset } = document.documentElement;
  const query = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    dataset["theme"] = query.matches ? "dark" : "light";
  };
  dataset["outside"] = "";
  apply();
  query.addEventListener("change", apply);
}

function recall(): string | null {
  try {
    return window.localStorage.getItem(PERSON);
  } catch {
    return null;
  }
}

function remember(personId: string): void {
  try {
    window.localStorage.setItem(PERSON, personId);
  } catch {
    // A browser that keeps nothing asks anew each time.
  }
}

function forget(): void {
  try {
    window.localStorage.removeItem(PERSON);
  } catch {
    // Nothing was kept.
  }
}
