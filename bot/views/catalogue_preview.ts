import type { Id } from "../../domain/ids.ts";
import { actions } from "../actions.ts";
import { rich, join, MAX_TEXT, plainText, takeFitting } from "../html.ts";
import type { View } from "../messages.ts";
import type { ReadPrices } from "../tables.ts";
import { CATALOGUE, itemLabel } from "../texts_catalogue.ts";
import { CANCEL } from "../texts_common.ts";
import { LISTS, problemLine } from "../texts_lists.ts";

const ROOM_FOR_PROBLEMS = 1200;
const ROOM_FOR_MARKS = 150;

/** What a sent price list would add. */
export function cataloguePreview(listId: Id, { items, problems }: ReadPrices): View {
  const ends = [actions.listFix.button(LISTS.fix, listId), actions.listDrop.button(CANCEL, listId)];
  const unread = takeFitting(
    problems.map(({ text, reason }) => problemLine(text, reason)),
    ROOM_FOR_PROBLEMS,
  );
  const head = items.length > 0 ? CATALOGUE.found(items.length) : CATALOGUE.nothing;
  const failed =
    problems.length === 0
      ? rich``
      : join([CATALOGUE.unread(problems.length), ...unread.taken, more(unread.left)]);
  const fixed = join([head, failed, CATALOGUE.updates], "\n\n");
  const lines = takeFitting(
    items.map((item) => rich`• ${itemLabel(item)}`),
    MAX_TEXT - plainText(fixed).length - ROOM_FOR_MARKS,
  );
  return {
    text: join([head, join([...lines.taken, more(lines.left)]), failed, CATALOGUE.updates], "\n\n"),
    rows:
      items.length === 0
        ? [ends]
        : [[actions.listAdd.button(LISTS.load(items.length), listId)], ends],
  };
}

function more(left: number) {
  return left > 0 ? rich`… и ещё ${left}` : null;
}
