import { serveTasks } from "../workers/task_server.ts";
import { readTable } from "./tables.ts";

serveTasks((bytes) => readTable(bytes as Uint8Array));
