/**
 * TDLib's `check_link`: the normalised link, or why it is refused.
 * Its texts follow «URL '…' is invalid: ».
 */
export function checkLink(
  link: string,
  must: { beHttps: boolean },
): { url: string } | { problem: string } {
  const special = /^(tg|ton|tonsite):(?:\/\/)?(.*)$/is.exec(link);
  if (special !== null) {
    if (must.beHttps) return problem(link, "Only HTTPS links are allowed");
    return { url: `${special[1]?.toLowerCase()}://${special[2]}` };
  }
  const parsed = parseUrl(link);
  if (parsed === null) return problem(link, "Wrong HTTP URL");
  if (must.beHttps && parsed.protocol !== "https:") {
    return problem(link, "Only HTTPS links are allowed");
  }
  if (!parsed.hostname.includes(".") && !parsed.hostname.startsWith("[")) {
    return problem(link, "Wrong HTTP URL");
  }
  return { url: parsed.href };
}

function parseUrl(link: string): URL | null {
  const withScheme = /^https?:\/\//i.test(link) ? link : `http://${link}`;
  if (/\s/.test(link) || /^[a-z]+:\/\//i.test(link) !== /^https?:\/\//i.test(link)) return null;
  return URL.canParse(withScheme) ? new URL(withScheme) : null;
}

function problem(link: string, why: string): { problem: string } {
  return { problem: `URL '${link}' is invalid: ${why}` };
}
