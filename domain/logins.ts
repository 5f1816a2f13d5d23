/** What a login link opens: the manager's page, or the app in a browser outside Telegram. */
export type LoginKind = "manager" | "miniapp";

/** A one-time link: shown once, only a hash of it is kept. */
export interface LoginLink {
  /** "/manager/login/<token>"; "/app/#login=<token>", which no server and no preview gets to see. */
  readonly path: string;
  readonly expiresAt: Date;
}

/** «🌐 Кабинет» for owners and managers (`forbidden` for others), «💻 В браузере» for everybody. */
export interface LoginService {
  create(kind: LoginKind): Promise<LoginLink>;
}

/** How long a link waits to be used. */
export const LOGIN_MINUTES = 5;
