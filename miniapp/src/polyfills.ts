/** Web views before iOS 16.4 and Chrome 111 lack this one; the shared rules clean texts with it. */
if (!("toWellFormed" in String.prototype)) {
  // oxlint-disable-next-line no-extend-native -- that is what a polyfill does
  Object.defineProperty(String.prototype, "toWellFormed", {
    configurable: true,
    value(this: string) {
      return this.replace(
        /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(^|[^\uD800-\uDBFF])[\uDC00-\uDFFF]/g,
        "$1\uFFFD",
      );
    },
  });
}
