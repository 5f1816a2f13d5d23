import { Hono } from "hono";
import { requestId } from "hono/request-id";
import { forbidden } from "../domain/errors.ts";
import { requireSession } from "./auth/sessions.ts";
import { TABLE_LIMITS } from "./imports/table_problems.ts";
import { managerRoutes } from "./manager/routes.ts";
import { actRoutes, estimateActRoutes } from "./routes/acts.ts";
import { agreementRoutes } from "./routes/agreement.ts";
import { browserSessionRoutes, loginRoutes } from "./routes/browser_sessions.ts";
import { catalogueRoutes } from "./routes/catalogue.ts";
import { clientRoutes } from "./routes/clients.ts";
import { companyRoutes } from "./routes/company.ts";
import { crmRoutes } from "./routes/crm.ts";
import type { AppDependencies, AppEnvironment } from "./routes/dependencies.ts";
import { documentRoutes } from "./routes/documents.ts";
import { createErrorHandler, handleNotFound, limitBody, limitTime } from "./routes/errors.ts";
import { estimateRoutes } from "./routes/estimates.ts";
import { extraRoutes } from "./routes/extras.ts";
import { apiHeaders, compressed } from "./routes/headers.ts";
import { healthRoutes } from "./routes/health.ts";
import { logRequests } from "./routes/logging.ts";
import { importRoutes, readSpreadsheet } from "./routes/imports.ts";
import { placeOf } from "./routes/kept_answers.ts";
import { miniappRoutes } from "./routes/miniapp.ts";
import { openapiRoutes } from "./routes/openapi.ts";
import { photoRoutes } from "./routes/photos.ts";
import { estimatePaymentRoutes, paymentRoutes, stageRoutes } from "./routes/payments.ts";
import { privacyRoutes } from "./routes/privacy.ts";
import { projectRoutes } from "./routes/projects.ts";
import { limitAddress, limitPerson } from "./routes/rates.ts";
import { repeatable } from "./routes/repeating.ts";
import { searchRoutes } from "./routes/search.ts";
import { questionRoutes } from "./routes/questions.ts";
import { shareRoutes } from "./routes/share.ts";
import { meRoutes, sessionRoutes } from "./routes/session.ts";
import { strictly } from "./routes/strictness.ts";
import { tagReads } from "./routes/tags.ts";
import { quickTelegramRoutes, telegramRoutes } from "./routes/telegram.ts";
import { verifyRoutes } from "./routes/verify.ts";

/** 2 000 changed lines with long names; everything else is far below. */
const MAX_BODY = 2 * 1024 * 1024; // bytes
/** Longer than anything takes that goes well, shorter than a page or a proxy before us waits. */
const PATIENCE = 25_000; // ms
const IMPORTS = "/api/v1/imports/";

/** The HTTP doors of the product. Listens nowhere: `fetch` of the result does the work. */
export function createApp(dependencies: AppDependencies) {
  const { config, log, telegram } = dependencies;
  const routes = new Hono<AppEnvironment>()
    .route("/", healthRoutes(dependencies))
    .route("/", telegramRoutes(telegram))
    .route("/", crmRoutes(dependencies.crm))
    .route("/api/v1", apiRoutes(dependencies))
    .route("/", shareRoutes(dependencies))
    .route("/", verifyRoutes(dependencies))
    .route("/", privacyRoutes(dependencies))
    .route("/", miniappRoutes(dependencies));

  if (dependencies.manager) routes.route("/", managerRoutes(dependencies.manager, dependencies));
  const app = new Hono<AppEnvironment>();
  app.onError(createErrorHandler(log));
  app.notFound(handleNotFound);
  app.route("/", quickTelegramRoutes(telegram, dependencies));
  app.use(requestId({ headerName: "" }), logRequests(dependencies));
  app.use("/api/*", apiHeaders(config));
  app.use("/telegram/*", apiHeaders(config));
  app.use("/crm/*", apiHeaders(config));
  return app.route("/", routes);
}

/** For processes without the web role: they, too, are asked how they are. */
export function createHealthApp(
  dependencies: Pick<AppDependencies, "readiness" | "metrics" | "log">,
) {
  const app = new Hono<AppEnvironment>();
  app.onError(createErrorHandler(dependencies.log));
  app.notFound(handleNotFound);
  app.use(requestId({ headerName: "" }), logRequests(dependencies));
  return app.route("/", healthRoutes(dependencies));
}

function apiRoutes(dependencies: AppDependencies) {
  const { sessions, clock } = dependencies;
  const open = strictly(
    new Hono<AppEnvironment>()
      .route("/", sessionRoutes(dependencies))
      .route("/", browserSessionRoutes(dependencies)),
  );
  const guarded = strictly(guardedRoutes(dependencies));
  return new Hono<AppEnvironment>()
    .use(compressed())
    .use(limitTime(PATIENCE))
    .use(limitAddress(dependencies))
    .use(limitBody(MAX_BODY, { except: IMPORTS }))
    .route("/", open)
    .route("/", openapiRoutes([...open.routes, ...guarded.routes]))
    .use(async (context, next) => {
      const authorization = context.req.header("Authorization");
      const session = await requireSession(
        { sessions, now: clock() },
        authorization,
        placeOf(context),
      );
      context.set("session", session);
      await next();
    })
    .use(limitPerson(dependencies))
    .use(async (context, next) => {
      // A key for reading changes nothing, whatever the route.
      const { keyScope } = context.get("session").actor;
      const isReading = ["GET", "HEAD"].includes(context.req.method);
      if (keyScope === "read" && !isReading) throw forbidden();
      await next();
    })
    .use("/imports/*", limitBody(TABLE_LIMITS.fileSize), readSpreadsheet(dependencies))
    .use(repeatable(dependencies))
    .use(tagReads())
    .route("/", guarded);
}

/** What needs a token. */
function guardedRoutes(dependencies: AppDependencies) {
  return new Hono<AppEnvironment>()
    .route("/", meRoutes(dependencies))
    .route("/logins", loginRoutes(dependencies))
    .route("/estimates", estimateRoutes(dependencies))
    .route("/estimates", agreementRoutes(dependencies))
    .route("/estimates", photoRoutes(dependencies))
    .route("/estimates", extraRoutes(dependencies))
    .route("/estimates", estimateActRoutes(dependencies))
    .route("/estimates", estimatePaymentRoutes(dependencies))
    .route("/acts", actRoutes(dependencies))
    .route("/payments", paymentRoutes(dependencies))
    .route("/stages", stageRoutes(dependencies))
    .route("/estimates", questionRoutes(dependencies))
    .route("/company", companyRoutes(dependencies))
    .route("/projects", projectRoutes(dependencies))
    .route("/clients", clientRoutes(dependencies))
    .route("/catalogue", catalogueRoutes(dependencies))
    .route("/documents", documentRoutes(dependencies))
    .route("/imports", importRoutes(dependencies))
    .route("/search", searchRoutes(dependencies));
}

/** What the typed client of the Mini App knows of the server. */
export type AppType = ReturnType<typeof createApp>;
