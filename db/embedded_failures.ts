import { StartupError } from "./startup_error.ts";

/** Whether `error` is a system error such as ENOENT. */
export function isErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/**
 * What a failure of the file system or of PostgreSQL's own programs means for a person.
 * `place` is the folder that it was about; `output` is what the program said, if it was a program.
 */
export function explainFailure(place: string, cause: unknown, output = ""): StartupError {
  if (cause instanceof StartupError) return cause;
  const said = `${cause instanceof Error ? cause.message : String(cause)}\n${output}`;
  const known = knownFailures.find(({ sign }) => sign.test(said));
  const { code, words } = known ?? unknownFailure;
  return new StartupError(code, words(place), {
    cause: output ? new Error(output.trim(), { cause }) : cause,
  });
}

interface Failure {
  code: StartupError["code"];
  words: (place: string) => string;
}

const unknownFailure: Failure = {
  code: "broken",
  words: (place) =>
    `База данных в папке ${place} не запускается: данные повреждены. Восстановите папку из копии или укажите другую в DATA_DIR.`,
};

const knownFailures: readonly (Failure & { sign: RegExp })[] = [
  {
    sign: /No space left on device|ENOSPC|Disk quota exceeded|EDQUOT/i,
    code: "no_space",
    words: (place) => `На диске нет места для папки ${place}. Освободите место и запустите снова.`,
  },
  {
    sign: /Read-only file system|EROFS/i,
    code: "no_permission",
    words: (place) =>
      `Папка ${place} доступна только для чтения. Укажите другую папку в DATA_DIR или DATABASE_URL.`,
  },
  {
    sign: /Permission denied|EACCES|EPERM|Operation not permitted|wrong ownership/i,
    code: "no_permission",
    words: (place) =>
      `Нет прав на папку ${place}. Запустите Смётку от имени того же пользователя, что раньше, или укажите другую папку в DATA_DIR.`,
  },
  {
    sign: /ENOTDIR|EEXIST|Not a directory/i,
    code: "broken",
    words: (place) => `${place} — не папка. Уберите этот файл или укажите другую папку в DATA_DIR.`,
  },
  {
    sign: /could not bind|Address already in use|EADDRINUSE/i,
    code: "port_taken",
    words: () => "Порт базы данных занят другой программой. Закройте её или укажите другой порт.",
  },
  {
    sign: /pre-existing shared memory|lock file .* already exists/i,
    code: "in_use",
    words: (place) =>
      `Прежний сервер базы данных в папке ${place} ещё не завершился. Подождите минуту и запустите снова.`,
  },
  {
    sign: /initialized by PostgreSQL version/i,
    code: "unsupported",
    words: (place) =>
      `Данные в папке ${place} созданы другой версией PostgreSQL. Верните прежнюю версию Смётки или укажите другую папку в DATA_DIR.`,
  },
];
