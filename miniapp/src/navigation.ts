import { useEffect, useEffectEvent, useState, useSyncExternalStore } from "react";
import type { Id } from "../../domain/ids.ts";
import type { CatalogueItem } from "./api.ts";
import { routeOfStartParam } from "./start_param.ts";

export type Route =
  | { readonly name: "estimates" }
  | { readonly name: "estimate"; readonly id: Id }
  | { readonly name: "clients" | "projects" | "catalogue" | "settings" }
  | {
      readonly name: "agreement" | "questions" | "preview" | "acts" | "extras" | "payments";
      /** Of the estimate. */
      readonly id: Id;
    }
  /** Null: a new one. */
  | { readonly name: "client" | "project"; readonly id: Id | null }
  | { readonly name: "act"; readonly id: Id }
  | { readonly name: "item"; readonly item: CatalogueItem | null }
  | {
      readonly name: "compare";
      readonly id: Id;
      readonly from: number;
      /** Null: the estimate as it is now. */
      readonly to: number | null;
    };

/**
 * Where the person is. The address line never changes: its hash holds Telegram's launch parameters.
 * The route lives in the history's state, so that going back and reloading work.
 */
interface Place {
  readonly route: Route;
  /** How many steps lead back to the first screen. */
  readonly depth: number;
}

interface Whereabouts extends Place {
  /** Something lies over the screen, and going back takes it away first. */
  readonly isCovered: boolean;
}

const HOME: Place = { route: { name: "estimates" }, depth: 0 };

let place: Place = HOME;
/** What was chosen on each step of the way here: its depth and a name → text. */
const choices = new Map<string, string>();
const covers: (() => void)[] = [];
let whereabouts: Whereabouts = { ...HOME, isCovered: false };
const listeners = new Set<() => void>();

/** Call once, before the first render; gives where the person begins. `startParam`: see `routeOfStartParam`. */
export function startNavigation(startParam: string | null): Route {
  const state = history.state as { place?: Place } | null;
  if (state?.place) show(state.place);
  else {
    history.replaceState({ place: HOME }, "");
    const route = routeOfStartParam(startParam);
    if (route) goTo(route);
  }
  window.addEventListener("popstate", (event) => {
    show((event.state as { place?: Place } | null)?.place ?? HOME);
  });
  return place.route;
}

export function goTo(route: Route): void {
  const next = { route, depth: place.depth + 1 };
  forgetChoices(next.depth);
  history.pushState({ place: next }, "");
  show(next);
  window.scrollTo(0, 0);
}

/** Puts another screen in the place of this one. */
export function replaceWith(route: Route): void {
  const next = { route, depth: place.depth };
  forgetChoices(next.depth);
  history.replaceState({ place: next }, "");
  show(next);
}

export function goBack(): void {
  const uncover = covers.at(-1);
  if (uncover) uncover();
  else if (place.depth > 0) history.back();
}

export function useWhereabouts(): Whereabouts {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => whereabouts,
  );
}

/**
 * A text that a screen shows itself by, as the words of its search: whoever goes back to the screen finds
 * it again, whoever comes anew finds "".
 */
export function useChoice(name: string): readonly [string, (text: string) => void] {
  // The screen may still be drawn once when the place is another.
  const [key] = useState(() => `${place.depth}/${name}`);
  const [text, setText] = useState(() => choices.get(key) ?? "");
  const choose = (next: string) => {
    choices.set(key, next);
    setText(next);
  };
  return [text, choose];
}

function forgetChoices(depth: number): void {
  for (const key of choices.keys()) if (parseInt(key, 10) >= depth) choices.delete(key);
}

/** While something covers the screen, going back calls this instead of leaving. */
export function useCover(isOpen: boolean, onBack: () => void): void {
  const back = useEffectEvent(onBack);
  useEffect(() => {
    if (!isOpen) return undefined;
    const cover = () => back();
    covers.push(cover);
    show(place);
    return () => {
      covers.splice(covers.indexOf(cover), 1);
      show(place);
    };
  }, [isOpen]);
}

function show(next: Place): void {
  place = next;
  whereabouts = { ...place, isCovered: covers.length > 0 };
  for (const listener of listeners) listener();
}
