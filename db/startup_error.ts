/** Why the program can't start. The words are for programs and tests; people read the message. */
export type StartupErrorCode =
  | "in_use" // another live Smetka works in this data folder
  | "broken" // the data folder or the database can't be used as it is
  | "no_permission"
  | "no_space"
  | "unsupported" // the operating system, the database's version or its encoding
  | "unreachable" // host, port, name or password of the database are wrong
  | "port_taken"
  | "timeout";

/**
 * The program can't start, and a person can do something about it.
 * `message` is one Russian sentence or two for the terminal: what is wrong and what to do. Never a
 * secret, never a stack; the technical reason, if there is one, is the `cause`.
 */
export class StartupError extends Error {
  readonly code: StartupErrorCode;

  constructor(code: StartupErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StartupError";
    this.code = code;
  }
}
