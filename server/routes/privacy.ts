import { Hono } from "hono";
import { renderPrivacyPage } from "../pages/privacy_page.ts";
import type { AppDependencies, AppEnvironment } from "./dependencies.ts";
import { pageHeaders } from "./headers.ts";

/** `/privacy`: what is kept about people, in Russian, for everybody. */
export function privacyRoutes({ config }: Pick<AppDependencies, "config">) {
  return new Hono<AppEnvironment>()
    .use("/privacy", pageHeaders(config))
    .get("/privacy", (context) => context.html(renderPrivacyPage(), 200));
}
