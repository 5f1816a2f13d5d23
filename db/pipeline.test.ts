import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPipeline } from "./pipeline.ts";

function message(type: string, body = ""): Buffer {
  const bytes = Buffer.alloc(5 + Buffer.byteLength(body));
  bytes.write(type, 0);
  bytes.writeUInt32BE(bytes.length - 1, 1);
  bytes.write(body, 5);
  return bytes;
}

const join = (...messages: Buffer[]): Buffer => Buffer.concat(messages);

/** The types of the messages: what stands in them is told apart by `toEqual`. */
function typesOf(bytes: Buffer): string {
  let types = "";
  for (let at = 0; at < bytes.length; at += 1 + bytes.readUInt32BE(at + 1)) {
    types += String.fromCharCode(bytes[at] ?? 0);
  }
  return types;
}

const sync = message("S");
const bound = join(message("B", "name"), message("E"), sync);
const parsed = join(message("P", "select"), message("D", "S"), bound);
const described = join(message("P", "select $1"), message("D", "S"), message("H"));

/** The server's answers. */
const done = join(message("2"), message("C", "SELECT 1\0"));
const row = message("D", "\0\u0001ZCE");
const ready = message("Z", "T");
const idle = message("Z", "I");
const refusal = message("E", "SОШИБКА\0VERROR\0C22012\0Mdivision by zero\0\0");
const farewell = message("E", "SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0");

describe("what is written", () => {
  it("at once keeps the last Sync only", () => {
    const pipeline = createPipeline();
    expect(typesOf(pipeline.send(join(bound, parsed, bound)))).toBe("BEPDBEBES");
    expect(pipeline.send(bound)).toBe(bound);
  });

  it("keeps the Sync before and behind what is answered by itself", () => {
    const query = message("Q", "rollback\0");
    const pipeline = createPipeline();
    expect(typesOf(pipeline.send(join(bound, bound, query, bound, bound)))).toBe("BEBESQBEBES");
    expect(typesOf(pipeline.send(join(bound, described)))).toBe("BESPDH");
  });

  it("opens a connection unchanged", () => {
    const startup = Buffer.from("\0\0\0\u000c\0\u0003\0\0user", "latin1");
    expect(createPipeline().send(startup)).toBe(startup);
  });

  it("behind a request for TLS is nobody's business, either way", () => {
    const pipeline = createPipeline();
    const request = Buffer.alloc(8);
    request.writeUInt32BE(8, 0);
    request.writeUInt32BE(80_877_103, 4);
    expect(pipeline.send(request)).toBe(request);
    const secret = join(bound, bound);
    expect(pipeline.send(secret)).toBe(secret);
    expect(pipeline.receive(secret)).toBe(secret);
  });
});

describe("what is read", () => {
  it("says after each statement that the server is ready", () => {
    const pipeline = createPipeline();
    pipeline.send(join(bound, bound, bound));
    const answer = join(
      done,
      message("2"),
      row,
      row,
      message("C"),
      message("2"),
      message("I"),
      ready,
    );
    const rest = join(
      message("2"),
      row,
      row,
      message("C"),
      ready,
      message("2"),
      message("I"),
      ready,
    );
    expect(pipeline.receive(answer)).toEqual(join(done, ready, rest));
  });

  it("is left as it is where every statement has its own Sync", () => {
    const pipeline = createPipeline();
    pipeline.send(bound);
    const answer = join(refusal, idle);
    expect(pipeline.receive(answer)).toBe(answer);
  });

  it("tells that what stood behind a failure failed with it", () => {
    const pipeline = createPipeline();
    pipeline.send(join(bound, bound, bound, bound));
    const answer = pipeline.receive(join(done, refusal, ready));
    expect(typesOf(answer)).toBe("2CZEZEZEZ");
    expect(answer.includes("division by zero")).toBe(true);
    expect(answer.toString().match(/C25P02/g)).toHaveLength(2);
    pipeline.send(join(bound, bound));
    expect(pipeline.receive(join(done, done, idle))).toEqual(join(done, ready, done, idle));
  });

  it("passes on the failure of the last statement alone", () => {
    const pipeline = createPipeline();
    pipeline.send(join(bound, bound));
    expect(pipeline.receive(join(done, refusal, ready))).toEqual(join(done, ready, refusal, ready));
  });

  it("ends with the farewell of a server that closes the connection", () => {
    const pipeline = createPipeline();
    pipeline.send(join(bound, bound));
    expect(pipeline.receive(farewell)).toBe(farewell);
  });

  it("keeps statements of earlier writes apart from those of later ones", () => {
    const pipeline = createPipeline();
    pipeline.send(bound);
    pipeline.send(join(bound, bound));
    const answer = join(done, ready, refusal, ready);
    expect(typesOf(pipeline.receive(answer))).toBe("2CZEZEZ");
  });

  it("is the same however it is cut into pieces", () => {
    const notice = message("N", "VNOTICE\0C00000\0Mjust so\0\0");
    const answers = [done, join(row, row, done), join(notice, done), refusal];
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat({ max: 400 }), { maxLength: 12 }),
        (picked, cuts) => {
          const failed = picked.indexOf(3);
          const told = failed < 0 ? picked : picked.slice(0, failed + 1);
          const bytes = join(...told.map((index) => answers[index] ?? done), ready);
          const whole = createPipeline();
          const cut = createPipeline();
          for (const pipeline of [whole, cut]) pipeline.send(join(...picked.map(() => bound)));
          const places = [0, ...cuts.filter((at) => at < bytes.length), bytes.length];
          const pieces = places
            .toSorted((one, other) => one - other)
            .map((at, index, sorted) => bytes.subarray(at, sorted[index + 1] ?? at));
          const expected = whole.receive(bytes);
          expect(join(...pieces.map((piece) => cut.receive(piece)))).toEqual(expected);
          expect(typesOf(expected).match(/Z/g)).toHaveLength(picked.length);
        },
      ),
    );
  });
});
