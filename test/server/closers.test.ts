import { describe, expect, it } from 'vitest';
import { createClosers } from '../../src/server/closers.ts';

describe('closers', () => {
  it('close in the order opposite to the one of opening, once', async () => {
    const closers = createClosers();
    const closed: string[] = [];
    for (const name of ['log', 'store', 'listener']) closers.add(name, (thing) => void closed.push(thing));
    await closers.closeAll();
    await closers.closeAll();
    expect(closed).toEqual(['listener', 'store', 'log']);
  });

  it('close everything even when one closing fails, and then say so', async () => {
    const closers = createClosers();
    const closed: string[] = [];
    closers.add('log', (thing) => void closed.push(thing));
    closers.add('store', () => Promise.reject(new Error('stuck')));
    await expect(closers.closeAll()).rejects.toThrow('stuck');
    expect(closed).toEqual(['log']);
  });
});
