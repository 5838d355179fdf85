import { randomBytes } from 'node:crypto';
import { sha256 } from '../../match/proof/sha256.ts';

/** A secret that nobody guesses; only its hash is ever stored. */
export const newToken = (): string => randomBytes(24).toString('base64url');

export const tokenHash = (token: string): string => sha256(token);
