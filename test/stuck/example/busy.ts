import { it } from 'vitest';

function busyForEver(): void {
  for (let now = 0; now >= 0;) now = (now + 1) % 2;
}

it('never ends', busyForEver);
