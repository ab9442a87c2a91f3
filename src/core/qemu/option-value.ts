/** QEMU splits the value of an option at commas; a comma that belongs to a path is written twice. */
export function optionValue(text: string): string {
  return text.replaceAll(',', ',,');
}
