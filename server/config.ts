import { resolve } from "node:path";
import { z } from "zod";

/** Everything that the environment decides. Frozen; secrets inside, so never log it whole. */
export interface Config {
  /** Port 0 lets the system choose. */
  readonly http: { readonly host: string; readonly port: number };
  /** Null: start the embedded PostgreSQL. */
  readonly databaseUrl: string | null;
  /**
   * Past a pooler in front of `databaseUrl`: for what keeps a session (queues, LISTEN, migrations). Null:
   * `databaseUrl` is direct already.
   */
  readonly databaseDirectUrl: string | null;
  /** A streaming replica for pages that only look. Null: there is none. */
  readonly databaseReplicaUrl: string | null;
  readonly telegram: TelegramConfig;
  /** Scheme and host without a slash at the end. Null when nobody outside reaches this machine. */
  readonly publicUrl: string | null;
  /** At least 32 characters. Null: the one kept in `dataDir`, see `loadSecretKey`. */
  readonly secretKey: string | null;
  readonly roles: readonly Role[];
  /** Absolute. */
  readonly dataDir: string;
  readonly logLevel: LogLevel;
  /** Lets people connect CRM portals at private addresses: on-premise ones, and those of tests. */
  readonly allowPrivateCrmHosts: boolean;
}

/** Without BOT_TOKEN the program is its own Telegram. */
export type TelegramConfig =
  | { readonly mode: "simulator" }
  | { readonly mode: "polling"; readonly token: string; readonly apiRoot: string }
  | {
      readonly mode: "webhook";
      readonly token: string;
      readonly apiRoot: string;
      readonly publicUrl: string;
      /** Null: derived from the secret key. */
      readonly webhookSecret: string | null;
    };

/** What this process does; one process may do all of it. */
export type Role = (typeof allRoles)[number];
export type LogLevel = (typeof logLevels)[number];

/** `problems` are Russian sentences. They name variables, never their values. */
export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly string[] };

/** As `process.env` is: an unset variable is missing; an empty one counts as missing too. */
export type Environment = Readonly<Record<string, string | undefined>>;

const allRoles = ["web", "bot", "worker"] as const;
const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
const telegramApiRoot = "https://api.telegram.org";
const projectRoot = resolve(import.meta.dirname, "..");

/** The only place that touches the process' environment. Tests pass objects to `readConfig`. */
export function environment(): Environment {
  return process.env;
}

/** Reads the variables of the public contract (README, «Environment»). Changes nothing. */
export function readConfig(variables: Environment): ConfigResult {
  const given = Object.entries(variables).filter(([, value]) => value?.trim());
  const parsed = variablesSchema.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    const names = new Set(parsed.error.issues.map(({ path }) => path[0]));
    return refuse([...names].filter(isVariable).map((name) => sentences[name]));
  }
  const problems = findContradictions(parsed.data);
  if (problems.length > 0) return refuse(problems);
  return { ok: true, config: createConfig(parsed.data) };
}

function refuse(problems: string[]): ConfigResult {
  return { ok: false, problems };
}

const text = z.string().trim();
const port = text
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .pipe(z.number().max(65_535));
const webAddress = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ""));
const databaseAddress = z.url({ protocol: /^postgres(ql)?$/ });
const yesOrNo = z.stringbool({ truthy: ["1", "true", "yes"], falsy: ["0", "false", "no"] });
const roles = text
  .transform((list) => list.split(/[\s,]+/).filter(Boolean))
  .pipe(z.array(z.enum(allRoles)).nonempty());

const variablesSchema = z.object({
  PORT: port.default(8080),
  HOST: text.regex(/^[\w.:-]+$/).default("127.0.0.1"),
  DATABASE_URL: databaseAddress.optional(),
  DATABASE_DIRECT_URL: databaseAddress.optional(),
  DATABASE_REPLICA_URL: databaseAddress.optional(),
  BOT_TOKEN: text.regex(/^\d+:[\w-]+$/).optional(),
  TELEGRAM_API_ROOT: webAddress.default(telegramApiRoot),
  TELEGRAM_MODE: z.enum(["polling", "webhook"]).optional(),
  TELEGRAM_WEBHOOK_SECRET: text.regex(/^[\w-]{1,256}$/).optional(),
  PUBLIC_URL: webAddress.refine((url) => new URL(url).pathname === "/").optional(),
  SECRET_KEY: text.min(32).optional(),
  ROLES: roles.default([...allRoles]),
  DATA_DIR: text.default(".data"),
  LOG_LEVEL: z.enum(logLevels).default("info"),
  CRM_ALLOW_PRIVATE_HOSTS: yesOrNo.default(false),
});

type Variables = z.infer<typeof variablesSchema>;
type VariableName = keyof Variables;

const sentences: Readonly<Record<VariableName, string>> = {
  PORT: "PORT должен быть числом от 0 до 65535.",
  HOST: "HOST должен быть именем или IP-адресом этой машины, например 127.0.0.1 или 0.0.0.0.",
  DATABASE_URL:
    "DATABASE_URL не похож на адрес базы данных. Нужен вид postgres://пользователь:пароль@сервер:5432/база.",
  DATABASE_DIRECT_URL:
    "DATABASE_DIRECT_URL не похож на адрес базы данных. Нужен вид postgres://пользователь:пароль@сервер:5432/база.",
  DATABASE_REPLICA_URL:
    "DATABASE_REPLICA_URL не похож на адрес базы данных. Нужен вид postgres://пользователь:пароль@сервер:5432/база.",
  BOT_TOKEN: "BOT_TOKEN не похож на токен бота. Скопируйте его у @BotFather целиком.",
  TELEGRAM_API_ROOT:
    "TELEGRAM_API_ROOT должен быть адресом, который начинается с http:// или https://.",
  TELEGRAM_MODE: "TELEGRAM_MODE может быть polling или webhook.",
  TELEGRAM_WEBHOOK_SECRET:
    "TELEGRAM_WEBHOOK_SECRET может состоять из латинских букв, цифр, _ и -, не более 256 знаков.",
  PUBLIC_URL: "PUBLIC_URL должен быть адресом сайта без пути, например https://smetka.example.ru.",
  SECRET_KEY: "SECRET_KEY слишком короткий: нужно не менее 32 знаков.",
  ROLES: "ROLES — список через запятую из слов web, bot, worker.",
  DATA_DIR: "DATA_DIR должен быть путём к папке.",
  LOG_LEVEL: `LOG_LEVEL может быть одним из слов: ${logLevels.join(", ")}.`,
  CRM_ALLOW_PRIVATE_HOSTS: "CRM_ALLOW_PRIVATE_HOSTS может быть 1 или 0.",
};

function isVariable(name: unknown): name is VariableName {
  return typeof name === "string" && Object.hasOwn(sentences, name);
}

/** Each value is fine by itself, but they do not go together. */
function findContradictions(variables: Variables): string[] {
  if (variables.DATABASE_DIRECT_URL && !variables.DATABASE_URL) {
    return [
      "DATABASE_DIRECT_URL нужен только вместе с DATABASE_URL: он ведёт мимо пула к той же базе.",
    ];
  }
  if (variables.TELEGRAM_MODE !== "webhook") return [];
  if (!variables.BOT_TOKEN) {
    return [
      "TELEGRAM_MODE равен webhook, но BOT_TOKEN не задан. Задайте его или уберите TELEGRAM_MODE.",
    ];
  }
  // A Bot API server of one's own may call plain http; Telegram's never does.
  const isOwnServer = variables.TELEGRAM_API_ROOT !== telegramApiRoot;
  const isReachable = isOwnServer ? variables.PUBLIC_URL : isSecure(variables.PUBLIC_URL);
  if (isReachable) return [];
  return [
    "TELEGRAM_MODE равен webhook, а для него нужен PUBLIC_URL, который начинается с https://.",
  ];
}

function isSecure(url: string | undefined): boolean {
  return url?.startsWith("https://") ?? false;
}

function createConfig(variables: Variables): Config {
  return Object.freeze({
    http: Object.freeze({ host: variables.HOST, port: variables.PORT }),
    databaseUrl: variables.DATABASE_URL ?? null,
    databaseDirectUrl: variables.DATABASE_DIRECT_URL ?? null,
    databaseReplicaUrl: variables.DATABASE_REPLICA_URL ?? null,
    telegram: Object.freeze(chooseTelegram(variables)),
    publicUrl: variables.PUBLIC_URL ?? null,
    secretKey: variables.SECRET_KEY ?? null,
    roles: Object.freeze([...new Set(variables.ROLES)]),
    dataDir: resolve(projectRoot, variables.DATA_DIR),
    logLevel: variables.LOG_LEVEL,
    allowPrivateCrmHosts: variables.CRM_ALLOW_PRIVATE_HOSTS,
  });
}

function chooseTelegram(variables: Variables): TelegramConfig {
  const { BOT_TOKEN: token, TELEGRAM_API_ROOT: apiRoot, PUBLIC_URL: publicUrl } = variables;
  if (!token) return { mode: "simulator" };
  const mode = variables.TELEGRAM_MODE ?? (isSecure(publicUrl) ? "webhook" : "polling");
  if (mode === "polling" || !publicUrl) return { mode: "polling", token, apiRoot };
  const webhookSecret = variables.TELEGRAM_WEBHOOK_SECRET ?? null;
  return { mode, token, apiRoot, publicUrl, webhookSecret };
}
