import { z } from "zod";
import { CrmError } from "../../../domain/crm_adapter.ts";
import type { Transport } from "../transport.ts";
import { type AmocrmTokens, judgeAnswer } from "./client.ts";

export const amocrmOauthSchema = z.strictObject({
  clientId: z.string(),
  clientSecret: z.string(),
  redirectUri: z.string(),
  accessToken: z.string(),
  refreshToken: z.string(),
});
export type AmocrmOauth = z.output<typeof amocrmOauthSchema>;

export function longLivedToken(token: string): AmocrmTokens {
  return { current: async () => token, renew: async () => null };
}

/**
 * The pair of one connection. A refresh token works once, so only who holds the lock of the stored
 * pair renews it, looks first whether somebody else just did, and stores the new pair before anybody
 * uses it.
 * @param exclusively runs `change` under the lock with the stored pair; stores what it returns
 */
export function renewedTokens(options: {
  readonly transport: Transport;
  readonly baseUrl: string;
  readonly initial: AmocrmOauth;
  readonly now: () => Date;
  readonly exclusively: (
    change: (stored: AmocrmOauth) => Promise<AmocrmOauth>,
  ) => Promise<AmocrmOauth>;
}): AmocrmTokens {
  let known = options.initial;
  return {
    current: async () => known.accessToken,
    async renew(stale, signal) {
      known = await options.exclusively(async (stored) =>
        stored.accessToken === stale
          ? requestTokens(options, { ...stored, grant: "refresh_token" }, signal)
          : stored,
      );
      return known.accessToken;
    },
  };
}

const pairSchema = z.object({ access_token: z.string(), refresh_token: z.string() });

/** The first pair for a code of the consent page, or the next pair for a refresh token. */
export async function requestTokens(
  { transport, baseUrl, now }: { transport: Transport; baseUrl: string; now: () => Date },
  grant: (
    | { readonly grant: "refresh_token"; readonly refreshToken: string }
    | { readonly grant: "authorization_code"; readonly code: string }
  ) &
    Pick<AmocrmOauth, "clientId" | "clientSecret" | "redirectUri">,
  signal: AbortSignal,
): Promise<AmocrmOauth> {
  const { clientId, clientSecret, redirectUri } = grant;
  const proof =
    grant.grant === "refresh_token" ? { refresh_token: grant.refreshToken } : { code: grant.code };
  const answer = await transport.call(
    {
      operation: "POST /oauth2/access_token",
      method: "POST",
      url: new URL("/oauth2/access_token", baseUrl),
      body: {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uri: redirectUri,
        grant_type: grant.grant,
        ...proof,
      },
      isWrite: true,
      judge: (given) => judgeAnswer(given, true, now()),
    },
    signal,
  );
  const pair = pairSchema.safeParse(answer.json);
  if (!pair.success) throw new CrmError({ kind: "unknown" }, "no_tokens");
  const { access_token: accessToken, refresh_token: refreshToken } = pair.data;
  return { clientId, clientSecret, redirectUri, accessToken, refreshToken };
}
