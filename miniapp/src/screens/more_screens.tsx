import type { Api, Me } from "../api.ts";
import type { Desk } from "../estimate/desk.ts";
import type { Route } from "../navigation.ts";
import type { Session } from "../session.ts";
import { ActScreen } from "./act_screen.tsx";
import { ActsScreen } from "./acts_screen.tsx";
import { AgreementScreen } from "./agreement_screen.tsx";
import { CatalogueScreen, ItemScreen } from "./catalogue_screen.tsx";
import { ClientScreen, ClientsScreen } from "./clients_screen.tsx";
import { CompareScreen } from "./compare_screen.tsx";
import { ExtrasScreen } from "./extras_screen.tsx";
import { PaymentsScreen } from "./payments_screen.tsx";
import { PreviewScreen } from "./preview_screen.tsx";
import { ProjectScreen, ProjectsScreen } from "./projects_screen.tsx";
import { QuestionsScreen } from "./questions_screen.tsx";
import { SettingsScreen } from "./settings_screen.tsx";

export interface MoreScreensProps {
  readonly api: Api;
  readonly desk: Desk;
  readonly route: Exclude<Route, { readonly name: "estimates" | "estimate" }>;
  /** Null until it is known. */
  readonly me: Me | null;
  readonly session: Session;
}

/** All screens but the first two. */
export function MoreScreens({ api, desk, me, route, session }: MoreScreensProps) {
  switch (route.name) {
    case "clients":
      return <ClientsScreen api={api} />;
    case "client":
      return <ClientScreen key={route.id} api={api} id={route.id} />;
    case "projects":
      return <ProjectsScreen api={api} />;
    case "project":
      return <ProjectScreen key={route.id} api={api} id={route.id} />;
    case "catalogue":
      return <CatalogueScreen api={api} me={me} />;
    case "item":
      return <ItemScreen api={api} item={route.item} />;
    case "agreement":
      return <AgreementScreen key={route.id} api={api} me={me} desk={desk} id={route.id} />;
    case "compare":
      return <CompareScreen api={api} id={route.id} from={route.from} to={route.to} />;
    case "questions":
      return <QuestionsScreen key={route.id} api={api} id={route.id} />;
    case "preview":
      return <PreviewScreen key={route.id} desk={desk} id={route.id} />;
    case "extras":
      return <ExtrasScreen key={route.id} api={api} id={route.id} />;
    case "payments":
      return <PaymentsScreen key={route.id} api={api} id={route.id} />;
    case "acts":
      return <ActsScreen key={route.id} api={api} id={route.id} />;
    case "act":
      return <ActScreen key={route.id} api={api} id={route.id} />;
    case "settings":
      return <SettingsScreen api={api} me={me} session={session} />;
    default:
      return route satisfies never;
  }
}
