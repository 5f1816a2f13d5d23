import { STATUS_MARKS } from "../../domain/estimate/status.ts";
import { actions } from "../actions.ts";
import { servicesOf } from "../context.ts";
import { join } from "../html.ts";
import type { Feature } from "../routes.ts";
import { MENU } from "../texts_common.ts";
import { ESTIMATES, listItemLabel } from "../texts_estimates.ts";
import { createListScreen } from "../views/list_screen.ts";

const screen = createListScreen({
  name: "estimates",
  action: actions.estimateList,
  load: (ctx, request) => servicesOf(ctx).estimates.list(request),
  button: (item) =>
    actions.estimateCard.button(`${STATUS_MARKS[item.status]} ${listItemLabel(item)}`, item.id),
  title: ESTIMATES.listTitle,
  hint: join([ESTIMATES.listLegend, ESTIMATES.searchHint]),
  empty: ESTIMATES.none,
  notFound: ESTIMATES.notFound,
});

/** «📋 Сметы»: newest first, by pages; a word typed after it searches. */
export const estimatesFeature: Feature = {
  ...screen,
  commands: { estimates: screen.open },
  labels: { [MENU.estimates]: screen.open },
};
