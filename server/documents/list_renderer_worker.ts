import { serveTasks } from "../workers/task_server.ts";
import { writeList } from "./list_files.ts";
import type { ListTable } from "./list_renderer.ts";

serveTasks((request) => writeList(request as ListTable));
