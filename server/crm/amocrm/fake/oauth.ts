import { timingSafeEqual } from "node:crypto";
import { asText, isMap } from "../../fake/values.ts";
import type { AccountState } from "./account_state.ts";
import { oauthProblem, problem } from "./problems.ts";
import type { ApiReply } from "./routing.ts";

export interface OAuthClient {
  clientId: string;
  clientSecret: string;
  redirectUri: string;
}

/** Who may come in: one long-lived token, and access tokens that a refresh token renews once. */
export interface Tokens {
  client: OAuthClient;
  longLivedToken: string;
  /** A code as the consent page gives it: 20 minutes, once. */
  authorizationCode(): string;
  /** POST /oauth2/access_token. */
  grant(body: unknown): ApiReply;
  /** Refuses with 401 unless the header carries a living token. */
  check(authorization: string | undefined): void;
  revokeLongLivedToken(): void;
  /** Access tokens end now; refresh tokens stay. */
  expireAccessTokens(): void;
  /** The user removed the integration: nothing works any more. */
  revokeAll(): void;
}

export function createTokens(account: AccountState): Tokens {
  const client = {
    clientId: account.secret(32),
    clientSecret: account.secret(64),
    redirectUri: "https://smetka.example/crm/amocrm/oauth",
  };
  const longLivedToken = `eyJ0eXAiOiJKV1QifQ.${account.secret(96)}`;
  const codes = new Map<string, number>();
  const access = new Map<string, number>();
  const refresh = new Map<string, number>();
  let isLongLivedRevoked = false;

  const issue = (): ApiReply => {
    const pair = {
      token_type: "Bearer",
      expires_in: account.options.accessTokenSeconds,
      access_token: `eyJ0eXAiOiJKV1QifQ.${account.secret(64)}`,
      refresh_token: `def502${account.secret(64)}`,
    };
    access.set(pair.access_token, account.now() + account.options.accessTokenSeconds);
    refresh.set(pair.refresh_token, account.now() + account.options.refreshTokenSeconds);
    return { status: 200, body: pair };
  };
  const redeem = (valid: Map<string, number>, key: string, hint: string): void => {
    const until = valid.get(key);
    // Gone at the first use, whether or not the answer arrives.
    valid.delete(key);
    if (until === undefined || account.now() >= until) throw oauthProblem(hint);
  };

  return {
    client,
    longLivedToken,
    authorizationCode() {
      const code = `def50200${account.secret(64)}`;
      codes.set(code, account.now() + account.options.codeSeconds);
      return code;
    },
    grant(body) {
      const input = isMap(body) ? body : {};
      const isClient =
        isEqual(asText(input["client_id"]), client.clientId) &&
        isEqual(asText(input["client_secret"]), client.clientSecret);
      if (!isClient) throw oauthProblem("Client authentication failed");
      if (input["redirect_uri"] !== client.redirectUri) throw oauthProblem("Redirect URI mismatch");
      switch (input["grant_type"]) {
        case "authorization_code":
          redeem(
            codes,
            asText(input["code"]),
            "Authorization code has expired or has been revoked",
          );
          return issue();
        case "refresh_token":
          redeem(refresh, asText(input["refresh_token"]), "Token has been revoked");
          return issue();
        default:
          throw oauthProblem("Check the grant_type parameter");
      }
    },
    check(authorization) {
      const token = /^Bearer (.+)$/.exec(authorization ?? "")?.[1] ?? "";
      if (isEqual(token, longLivedToken) && !isLongLivedRevoked) return;
      const until = access.get(token);
      if (until === undefined || account.now() >= until) {
        throw problem(401, "Invalid access token or token has expired");
      }
    },
    revokeLongLivedToken() {
      isLongLivedRevoked = true;
    },
    expireAccessTokens() {
      access.clear();
    },
    revokeAll() {
      isLongLivedRevoked = true;
      access.clear();
      refresh.clear();
      codes.clear();
    },
  };
}

function isEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
