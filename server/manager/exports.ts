import { html } from "hono/html";
import { notFound } from "../../domain/errors.ts";
import { plural } from "../../domain/words_ru.ts";
import { findListExport } from "../../db/list_exports.ts";
import type { ManagerPage } from "./page.ts";
import { addressOf, formatCount } from "./parts.ts";

/** How far a file is; looks again by itself until it is ready. */
export const exportPage: ManagerPage = async ({ tx, actor, id }) => {
  const found = await findListExport(tx, actor.companyId, id);
  if (!found || found.userId !== actor.userId) throw notFound("Выгрузка");
  const { status, done, total, filter, format } = found;
  const back = html`<p><a href="${addressOf("/manager/estimates", filter)}">← К сметам</a></p>`;
  if (status === "failed") {
    const body = html`<div class="card spaced">
      <p class="notice bad">
        Файл сделать не получилось. Сметы целы. Вернитесь к списку и попробуйте ещё раз.
      </p>
      ${back}
    </div>`;
    return { title: "Выгрузка смет", body };
  }
  if (status === "ready") {
    const body = html`<div class="card spaced">
      <p>Готово: ${formatCount(total)} ${plural(total, "смета", "сметы", "смет")}.</p>
      <p class="buttons">
        <a class="button" href="/manager/exports/${id}/file"
          >Скачать ${format === "xlsx" ? "Excel" : "CSV"}</a
        >
      </p>
      ${back}
    </div>`;
    return { title: "Выгрузка смет", body };
  }
  const body = html`<div class="card spaced">
    <p id="progress">
      ${total === 0 ? "Считаем сметы…" : `Собираем файл: ${formatCount(done)} из ${formatCount(total)}`}
    </p>
    <progress aria-labelledby="progress" max="${Math.max(1, total)}" value="${done}"></progress>
    ${back}
  </div>`;
  return { title: "Выгрузка смет", body, refresh: 2 };
};
