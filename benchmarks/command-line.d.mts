export function positive(text: string): number;
export function wholeNumber(text: string): number;
export function count(text: string): number;
export function wordsOf<Word extends string>(known: readonly Word[]): (text: string) => Word[];
