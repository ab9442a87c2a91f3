/**
 * The three functions of the "reflect-metadata" proposal that the container inside @peculiar/x509 asks for when it is
 * loaded. None of its classes takes anything in its constructor, so a record by class and key is all there is to it.
 */
export function provideClassMetadata(): void {
  if ('getMetadata' in Reflect) return;
  const records = new WeakMap<object, Map<unknown, unknown>>();
  const get = (key: unknown, target: object): unknown => records.get(target)?.get(key);
  const define = (key: unknown, value: unknown, target: object): void => {
    records.set(target, (records.get(target) ?? new Map()).set(key, value));
  };
  Object.assign(Reflect, { getMetadata: get, getOwnMetadata: get, defineMetadata: define });
}
