export function madeBoots(random: (bound: number) => number, count: number, spread: number): number[];
export function recordedBoots(file: string): number[];
