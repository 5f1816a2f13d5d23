/** A one-time link to the manager's page: shown once, only a hash of it is kept. */
export interface LoginLink {
  /** "/manager/login/<token>" */
  readonly path: string;
  readonly expiresAt: Date;
}

/** «🌐 Кабинет»: how owners and managers get to the page. Throws `forbidden` for others. */
export interface LoginService {
  create(): Promise<LoginLink>;
}

/** How long a link waits to be used. */
export const LOGIN_MINUTES = 5;
