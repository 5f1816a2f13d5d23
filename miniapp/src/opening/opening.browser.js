/*
 * Asks for the session while the app itself is on its way: one round trip less before the content. A page
 * loads this first, as a file of its own; opening.ts takes the answer.
 */
{
  /** After a reload the window has a session. */
  const hasSession = () => {
    try {
      return Object.keys(sessionStorage).some((key) => key.startsWith("session:"));
    } catch {
      return false;
    }
  };

  const launch = new URLSearchParams(location.hash.slice(1)).get("tgWebAppData");
  if (launch !== null && !hasSession()) {
    const answer = fetch("/api/v1/session", {
      method: "POST",
      headers: { Authorization: `tma ${launch}`, "Content-Type": "application/json" },
      body: "{}",
    });
    // Who takes it deals with its failure.
    answer.catch(() => undefined);
    window.opening = { launch, answer };
  }
}
