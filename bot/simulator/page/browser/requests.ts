/** Asks the simulator to do something for a person. Null when it could not be done. */
export async function act<Result = Record<string, unknown>>(
  personId: number,
  action: string,
  body: object = {},
): Promise<Result | null> {
  return post<Result>(`people/${personId}/${action}`, JSON.stringify(body), "application/json");
}

export async function sendFiles(personId: number, form: FormData): Promise<boolean> {
  return (await post(`people/${personId}/files`, form)) !== null;
}

export async function addPerson(body: object): Promise<{ id: number } | null> {
  return post("people", JSON.stringify(body), "application/json");
}

export async function startAnew(): Promise<void> {
  await post("reset", "{}", "application/json");
}

async function post<Result>(
  path: string,
  body: string | FormData,
  type?: string,
): Promise<Result | null> {
  const headers: Record<string, string> = type === undefined ? {} : { "content-type": type };
  try {
    const response = await fetch(path, { method: "POST", body, headers });
    return response.ok ? ((await response.json()) as Result) : null;
  } catch {
    return null; // The simulator is gone; the caller tells the person.
  }
}
