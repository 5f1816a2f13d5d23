import postgres from "postgres";
import { openSocket } from "./client_socket.ts";
import { StartupError } from "./startup_error.ts";

const oldestVersion = 16;
const connectTimeout = 10; // s

/**
 * Connects once with DATABASE_URL and resolves when the program can work there. Otherwise throws a
 * StartupError whose sentence tells what to change; it may name host, port and database, never the
 * password.
 */
export async function checkConnection(url: string): Promise<void> {
  const target = readTarget(url);
  const options = {
    max: 1,
    connect_timeout: connectTimeout,
    socket: openSocket,
    onnotice: () => undefined,
  };
  const sql = postgres(url, options);
  try {
    const [found] = await sql<ServerFacts[]>`
      select
        current_setting('server_version_num')::int / 10000 as version,
        current_setting('server_encoding') as encoding,
        lower('Ё') = 'ё' as "knowsRussian",
        pg_is_in_recovery() as "isReplica"
    `;
    if (found) refuseUnfit(found);
  } catch (error) {
    throw explainConnection(error, target);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

interface ServerFacts {
  version: number;
  encoding: string;
  knowsRussian: boolean;
  isReplica: boolean;
}

interface Target {
  /** "host:port" */
  server: string;
  database: string;
}

function readTarget(url: string): Target {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (!parsed || !/^postgres(ql)?:$/.test(parsed.protocol) || !parsed.hostname) {
    throw new StartupError(
      "unreachable",
      "DATABASE_URL не похож на адрес базы данных. Нужен вид postgres://пользователь:пароль@сервер:5432/база.",
    );
  }
  return {
    server: `${parsed.hostname}:${parsed.port || "5432"}`,
    database: decodeURIComponent(parsed.pathname.slice(1)) || decodeURIComponent(parsed.username),
  };
}

function refuseUnfit({ version, encoding, knowsRussian, isReplica }: ServerFacts): void {
  if (version < oldestVersion) {
    throw unfit(
      `База данных по адресу из DATABASE_URL — PostgreSQL ${version}, а нужен ${oldestVersion} или новее. Обновите сервер.`,
    );
  }
  if (encoding !== "UTF8" || !knowsRussian) {
    throw unfit(
      "База данных из DATABASE_URL не различает русские буквы. Создайте базу заново: create database smetka encoding 'UTF8' locale 'C.UTF-8' template template0.",
    );
  }
  if (isReplica) {
    throw unfit(
      "DATABASE_URL указывает на копию базы, открытую только для чтения. Укажите основной сервер.",
    );
  }
}

function unfit(message: string): StartupError {
  return new StartupError("unsupported", message);
}

function explainConnection(error: unknown, target: Target): StartupError {
  if (error instanceof StartupError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const words = sentences[code] ?? otherSentence;
  return new StartupError("unreachable", words(target), { cause: error });
}

/** By the code of the system, of postgres.js or of PostgreSQL. */
const sentences: Readonly<Record<string, (target: Target) => string>> = {
  ENOTFOUND: ({ server }) => `Сервер ${server} из DATABASE_URL не найден. Проверьте его имя.`,
  EAI_AGAIN: ({ server }) =>
    `Имя сервера ${server} из DATABASE_URL не удалось узнать. Проверьте имя и сеть.`,
  ECONNREFUSED: ({ server }) =>
    `По адресу ${server} из DATABASE_URL никто не отвечает. Проверьте, запущен ли PostgreSQL и верен ли порт.`,
  CONNECT_TIMEOUT: ({ server }) =>
    `Сервер ${server} из DATABASE_URL не ответил за ${connectTimeout} секунд. Проверьте адрес и сетевой экран.`,
  "28P01": () => "База данных не приняла имя или пароль из DATABASE_URL. Проверьте их.",
  "28000": () =>
    "База данных не пускает пользователя из DATABASE_URL. Проверьте имя и правила входа (pg_hba.conf).",
  "3D000": ({ database, server }) =>
    `На сервере ${server} нет базы «${database}» из DATABASE_URL. Создайте её или исправьте имя.`,
  "42501": ({ database }) =>
    `У пользователя из DATABASE_URL нет прав на базу «${database}». Выдайте их.`,
  "53300": ({ server }) =>
    `На сервере ${server} из DATABASE_URL заняты все подключения. Повторите позже или увеличьте max_connections.`,
  "57P03": ({ server }) =>
    `PostgreSQL на ${server} ещё запускается или останавливается. Повторите через минуту.`,
};

function otherSentence({ server }: Target): string {
  return `Не удалось подключиться к базе данных на ${server}: проверьте DATABASE_URL.`;
}
