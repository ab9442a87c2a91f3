export const sortedValues = (values: readonly number[]): readonly number[] => [...values].sort((a, b) => a - b);
