import type { Finding } from '../../core/engine.ts';
import type { Sortable } from '../state/list-state.ts';

export interface DoctorRow extends Sortable {
  readonly finding: Finding;
}

const worst = { problem: 0, warning: 1, ok: 2 } as const;

export function doctorRows(findings: readonly Finding[]): readonly DoctorRow[] {
  return findings.map((finding, order) => ({
    key: `${finding.id} ${order}`,
    finding,
    text: [finding.id, finding.status, finding.summary, finding.remedy ?? ''].join(' '),
    values: { order, status: worst[finding.status] },
  }));
}
