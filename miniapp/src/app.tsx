import type { Api } from "./api.ts";
import type { Device } from "./device/database.ts";
import type { Desk } from "./estimate/desk.ts";
import { goBack, useWhereabouts } from "./navigation.ts";
import { EstimateScreen } from "./screens/estimate_screen.tsx";
import { EstimatesScreen } from "./screens/estimates_screen.tsx";
import { useBackButton } from "./telegram/back_button.ts";

export interface AppProps {
  readonly api: Api;
  readonly desk: Desk;
  readonly device: Device;
}

export function App({ api, desk, device }: AppProps) {
  const { route, depth, isCovered } = useWhereabouts();
  useBackButton(depth > 0 || isCovered ? goBack : null);
  switch (route.name) {
    case "estimates":
      return <EstimatesScreen api={api} device={device} />;
    case "estimate":
      return <EstimateScreen key={route.id} api={api} desk={desk} id={route.id} />;
    default:
      return route satisfies never;
  }
}
