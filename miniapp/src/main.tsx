import "./polyfills.ts";
import "./styles/theme.css";
import "./styles/base.css";
import { createRoot } from "react-dom/client";
import { App, loadScreens, prepareScreen } from "./app.tsx";
import { type Api, createApi, read } from "./api.ts";
import { ErrorBoundary } from "./components/error_boundary.tsx";
import { type Device, openDevice } from "./device/database.ts";
import { DeviceContext } from "./device/kept.ts";
import { createDesk } from "./estimate/desk.ts";
import { openLive } from "./live/open.ts";
import { startNavigation } from "./navigation.ts";
import { takeOpening } from "./opening/opening.ts";
import { createSession, type SessionSource } from "./session.ts";
import { showApp, startTelegram } from "./telegram/start.ts";
import { texts } from "./texts_ru.ts";

/** The first paint and its data go first. */
const SHELL_PAUSE = 2000; // ms

const root = createRoot(document.getElementById("root") ?? document.body);
// A login link means this browser, whatever was launched in the window before.
const launch = location.hash.startsWith("#login=") ? null : startTelegram();
if (launch) {
  const { initData, personId, startParam } = launch;
  const headers = { Authorization: `tma ${initData}` };
  const exchange: SessionSource["exchange"] = (api) =>
    read(takeOpening(initData) ?? api.session.$post({}, { headers }));
  void start({ name: initData, exchange, leave: null }, personId, startParam);
} else void startOutside();

async function start(
  source: SessionSource,
  personId: string,
  startParam: string | null,
): Promise<void> {
  prepareScreen(startNavigation(startParam));
  const fetch = window.fetch.bind(window);
  const session = createSession({ ...source, storage: windowStorage(), fetch });
  // Under way while the device is read. Its failure shows where an answer is needed.
  session.open().catch(() => undefined);
  const api = createApi({ fetch: session.fetch });
  const device = await openDevice(personId);
  const live = openLive(session);
  const desk = createDesk({ api, device, live });
  root.render(
    <ErrorBoundary keptHint={device.isLasting ? texts.keptHint : texts.notKeptHint}>
      <DeviceContext value={device}>
        <App api={api} desk={desk} device={device} session={session} />
      </DeviceContext>
    </ErrorBoundary>,
  );
  requestAnimationFrame(showApp);
  setTimeout(() => {
    loadScreens();
    void keepShell();
    void sendPhotos({ api, device });
  }, SHELL_PAUSE);
  await desk.resume();
}

async function startOutside(): Promise<void> {
  const { enterOutside } = await import("./outside/enter.tsx");
  await enterOutside(root, start);
}

/** Without it the app works, only not without a network. */
async function keepShell(): Promise<void> {
  const shell = await import("./offline/shell.ts").catch(() => null);
  shell?.keepShell();
}

/** Takes up photos that were left unsent when the app was killed. */
async function sendPhotos(parts: { api: Api; device: Device }): Promise<void> {
  const photos = await import("./photos/photos_here.ts").catch(() => null);
  await photos?.openPhotos(parts);
}

/** Some web views forbid storage; everything works without it, a reload just asks again. */
function windowStorage(): Storage | null {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}
