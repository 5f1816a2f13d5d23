import "./polyfills.ts";
import "./styles/theme.css";
import "./styles/base.css";
import { createRoot } from "react-dom/client";
import { App, prepareScreen } from "./app.tsx";
import { createApi } from "./api.ts";
import { ErrorBoundary } from "./components/error_boundary.tsx";
import { openDevice } from "./device/database.ts";
import { createDesk } from "./estimate/desk.ts";
import { openLive } from "./live/open.ts";
import { startNavigation } from "./navigation.ts";
import { createSession } from "./session.ts";
import { type Launch, showApp, startTelegram } from "./telegram/start.ts";

/** The first paint and its data go first. */
const SHELL_PAUSE = 2000; // ms

const root = createRoot(document.getElementById("root") ?? document.body);
const launch = startTelegram();
if (launch) void start(launch);
else void explain();

async function start({ initData, startParam, personId }: Launch): Promise<void> {
  prepareScreen(startNavigation(startParam));
  const session = createSession({
    initData,
    storage: windowStorage(),
    fetch: window.fetch.bind(window),
  });
  // Under way while the device is read. Its failure shows where an answer is needed.
  session.open().catch(() => undefined);
  const api = createApi({ fetch: session.fetch });
  const device = await openDevice(personId);
  const live = openLive(session);
  const desk = createDesk({ api, device, live });
  root.render(
    <ErrorBoundary>
      <App api={api} desk={desk} device={device} session={session} />
    </ErrorBoundary>,
  );
  requestAnimationFrame(showApp);
  setTimeout(() => void keepShell(), SHELL_PAUSE);
  await desk.resume();
}

async function explain(): Promise<void> {
  const { OutsideScreen } = await import("./screens/outside_screen.tsx");
  root.render(<OutsideScreen />);
}

/** Without it the app works, only not without a network. */
async function keepShell(): Promise<void> {
  const shell = await import("./offline/shell.ts").catch(() => null);
  shell?.keepShell();
}

/** Some web views forbid storage; everything works without it, a reload just asks again. */
function windowStorage(): Storage | null {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}
