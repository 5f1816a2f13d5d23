import { type Context, Hono } from "hono";
import { AppError } from "../../domain/errors.ts";
import { formatMoney } from "../../domain/money.ts";
import { renderMessage } from "../pages/layout.ts";
import { describePaper, renderVerifyPage } from "../pages/verify_page.ts";
import type { AppDependencies, AppEnvironment } from "./dependencies.ts";
import { pageHeaders } from "./headers.ts";
import { createPageLimit } from "./page_limits.ts";
import { wantsJson } from "./share_answers.ts";
import { addressOf } from "./visitors.ts";

const MINUTE = 60_000; // ms
const MOST = 60;

/** `/v/:hash`: is the paper in somebody's hands the approved version? */
export function verifyRoutes({ clientDoor, config, clock }: AppDependencies) {
  const isPatient = createPageLimit({ most: MOST, window: MINUTE, clock });
  return new Hono<AppEnvironment>()
    .use("/v/*", pageHeaders(config))
    .get("/v/:hash", async (context) => {
      if (!isPatient(addressOf(context))) {
        throw new AppError("limit", "Слишком часто. Подождите минуту.");
      }
      const paper = await clientDoor.verify(context.req.param("hash"));
      if (!paper) return tellUnknown(context);
      if (!wantsJson(context)) return context.html(renderVerifyPage(paper), 200);
      return context.json(
        {
          status: paper.status,
          isApproved: paper.status === "approved",
          message: describePaper(paper).title,
          number: paper.number,
          revision: paper.revision,
          total: formatMoney(paper.total),
          sha256: paper.sha256,
          replacedBy: paper.replacedBy,
          approvals: paper.approvals.map(({ side, at }) => ({ side, at: at.toISOString() })),
        },
        200,
      );
    });
}

function tellUnknown(context: Context<AppEnvironment>) {
  if (wantsJson(context)) return context.json({ status: "unknown", isApproved: false }, 404);
  return context.html(
    renderMessage(
      "Такой версии нет",
      "Сметы с этой контрольной строкой здесь не было. Проверьте, верно ли она введена, и не доверяйте бумаге, пока не спросите подрядчика.",
    ),
    404,
  );
}
