/**
 * Asks together what is asked at about the same moment: everything of one turn of the event loop, and
 * everything that came while the last answer was awaited. Who asks alone waits for nobody.
 * @param ask answers in the order of the questions; a failure is everybody's who asked with it
 * @param most questions that are asked at once; the others follow
 */
export function createGathering<Question, Answer>(
  ask: (questions: readonly Question[]) => Promise<readonly Answer[]>,
  most: number,
): (question: Question) => Promise<Answer> {
  let waiting: Asked<Question, Answer>[] = [];
  let isAsking = false;

  async function askWaiting(): Promise<void> {
    const asked = waiting.slice(0, most);
    waiting = waiting.slice(most);
    try {
      const answers = await ask(asked.map(({ question }) => question));
      if (answers.length !== asked.length) throw new RangeError("one answer for each question");
      asked.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
    if (waiting.length > 0) void askWaiting();
    else isAsking = false;
  }

  return (question) => {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    waiting.push({ question, resolve, reject });
    if (!isAsking) {
      isAsking = true;
      // After everything that has arrived by now, without a pause.
      setImmediate(() => void askWaiting());
    }
    return promise;
  };
}

interface Asked<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}
