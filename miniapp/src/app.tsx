import { lazy, Suspense } from "react";
import type { Api } from "./api.ts";
import { Loading } from "./components/loading.tsx";
import type { Device } from "./device/database.ts";
import { useKept } from "./device/kept.ts";
import type { Desk } from "./estimate/desk.ts";
import { goBack, type Route, useWhereabouts } from "./navigation.ts";
import { EstimateScreen } from "./screens/estimate_screen.tsx";
import type { Session } from "./session.ts";
import { useBackButton } from "./telegram/back_button.ts";

export interface AppProps {
  readonly api: Api;
  readonly desk: Desk;
  readonly device: Device;
  readonly session: Session;
}

const loadList = () => import("./screens/estimates_screen.tsx");
const EstimatesScreen = lazy(async () => ({ default: (await loadList()).EstimatesScreen }));
const loadMore = () => import("./screens/more_screens.tsx");
const MoreScreens = lazy(async () => ({ default: (await loadMore()).MoreScreens }));

/** Starts the way of a screen's code; the editor is here already. */
export function prepareScreen({ name }: Route): void {
  // A failure shows where the screen is wanted.
  if (name === "estimates") loadList().catch(() => undefined);
  else if (name !== "estimate") loadMore().catch(() => undefined);
}

/** The code of all screens: where nothing keeps the app's files, it would be missed without a network. */
export function loadScreens(): void {
  for (const load of [loadList, loadMore]) load().catch(() => undefined);
}

export function App({ api, desk, device, session }: AppProps) {
  const { route, depth, isCovered } = useWhereabouts();
  const me = useKept("me", () => session.open());
  useBackButton(depth > 0 || isCovered ? goBack : null);
  if (route.name === "estimate") {
    return <EstimateScreen key={route.id} api={api} desk={desk} device={device} id={route.id} />;
  }
  return (
    <Suspense fallback={<Waiting />}>
      {route.name === "estimates" ? (
        <EstimatesScreen api={api} />
      ) : (
        <MoreScreens api={api} desk={desk} route={route} me={me.value} session={session} />
      )}
    </Suspense>
  );
}

function Waiting() {
  return (
    <main className="screen">
      <Loading />
    </main>
  );
}
