import { serveTasks } from "../workers/task_server.ts";
import { renderPdf } from "./pdf.ts";
import type { RenderRequest } from "./renderer.ts";
import { renderXlsx } from "./xlsx.ts";

serveTasks((request) => {
  const { document, format } = request as RenderRequest;
  return format === "pdf" ? renderPdf(document) : renderXlsx(document);
});
