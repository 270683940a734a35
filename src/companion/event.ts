/** What the companion did or observed. */
export type CompanionEvent =
  | { readonly type: 'applied'; readonly kind: string; readonly name: string }
  | { readonly type: 'kept'; readonly kind: string; readonly name: string }
  | { readonly type: 'refused'; readonly kind: string; readonly name: string; readonly why: string }
  | { readonly type: 'phase'; readonly vm: string; readonly phase: string }
  | { readonly type: 'ready'; readonly vm: string }
  | { readonly type: 'not-ready'; readonly vm: string; readonly why: string }
  | { readonly type: 'deleted'; readonly kind: string; readonly name: string };

export type Report = (event: CompanionEvent) => void;
