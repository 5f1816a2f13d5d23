import { serveTasks } from "../workers/task_server.ts";
import { renderActPdf, renderPdf } from "./pdf.ts";
import type { RenderRequest } from "./renderer.ts";
import { renderActXlsx } from "./xlsx_act.ts";
import { renderXlsx } from "./xlsx.ts";

serveTasks((request) => {
  const { document, format } = request as RenderRequest;
  if ("form" in document) {
    return format === "pdf" ? renderActPdf(document) : renderActXlsx(document);
  }
  return format === "pdf" ? renderPdf(document) : renderXlsx(document);
});
