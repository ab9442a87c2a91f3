import type { Answer, Call } from '../../core/engine.ts';
import type { ForkOptions, ForkOverrides } from '../../core/warm-operations.ts';
import type { Dependencies } from '../dependencies.ts';
import { fork } from '../template/fork.ts';
import { claimMember } from './claim.ts';

/** As many as are ready are claimed; the rest are forked. */
export async function forkFromPool(
  deps: Dependencies,
  call: Call,
  template: string,
  request: { readonly names: readonly string[]; readonly overrides?: Omit<ForkOverrides, 'name'> } & ForkOptions,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (const name of request.names) {
    const claimed = await claimMember(deps, call, template, { ...request.overrides, name }, request);
    if (!claimed) break;
    answers.push(claimed);
  }
  const names = request.names.slice(answers.length);
  if (names.length === 0) return answers;
  reportEmpty(call, template);
  return [...answers, ...(await fork(deps, call, template, { ...request, names }))];
}

export function reportEmpty(call: Call, template: string): void {
  const text = `no member of the pool of ${template} is ready: it is forked from the template instead`;
  call.report({ kind: 'notice', level: 'info', text });
}
